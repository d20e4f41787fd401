import type { FrameClient, Limiter } from '@ahi-dicom/ahi-client/frames'
import {
  decodableTransferSyntaxes,
  type DecodedFrame,
  type FrameDecoder,
  type FrameReader,
  type FrameRequest,
  type ReadFrame,
  type WantedFrame,
} from '@ahi-dicom/dicomizer'
import { decodeFrame, type FrameMemory } from '@ahi-dicom/htj2k-decoder'
import type { DecodeWatch } from './decode-watch.ts'

/** What a lane in a thread of its own reads frames with. */
export interface ThreadReaderParts {
  /** Receives bodies into `memory`. */
  readonly client: FrameClient
  /** A decoder of the caller's own. Default: that of `@ahi-dicom/htj2k-decoder`. */
  readonly decoder: FrameDecoder | undefined
  readonly memory: FrameMemory
  /** Lets the thread decode one frame at a time, so that the watch knows on which one it hangs. */
  readonly turns: Limiter
  readonly watch: DecodeWatch
  /** Told how long each frame took to decode. */
  readonly onDecoded: (decodeMs: number) => void
}

/** Makes a reader of the frames of an item, which fetches and decodes in this thread and into memory that is used again. */
export function createThreadReader(parts: ThreadReaderParts, itemId: number): FrameReader {
  const { client, decoder, memory, turns, watch, onDecoded } = parts

  async function decode(codeStream: Uint8Array<ArrayBuffer>, imageFrameId: string, signal: AbortSignal | undefined) {
    const turn = await turns.reserve(1, { signal })
    watch.begin(itemId, imageFrameId)
    const startedAt = performance.now()
    try {
      // A decoder of the caller's own may take the bytes away.
      return await (decoder?.decode(codeStream.slice(), { signal }) ?? decodeFrame(codeStream, { memory }))
    } finally {
      onDecoded(performance.now() - startedAt)
      watch.end()
      turn.release()
    }
  }

  /** Pixels of a decoder of the caller's own lie in memory that is not ours. */
  function release(stored: Uint8Array<ArrayBuffer>, { pixels }: DecodedFrame): void {
    memory.give(stored)
    if (decoder === undefined) memory.give(pixels)
  }

  async function read(frame: FrameRequest, wanted: WantedFrame): Promise<ReadFrame> {
    const { data: stored, contentType } = await client.getImageFrame(frame)
    const fetched = { byteLength: stored.byteLength, contentType, stored }
    if (!wanted.pixels) return { ...fetched, release: () => memory.give(stored) }
    try {
      const decoded = await decode(stored, frame.imageFrameId, frame.signal)
      return { ...fetched, decoded, release: () => release(stored, decoded) }
    } catch (failure) {
      frame.signal?.throwIfAborted()
      return { ...fetched, failure, release: () => memory.give(stored) }
    }
  }

  return {
    read,
    stream: (frame) => client.streamImageFrame(frame),
    decode: (codeStream, { signal } = {}) => decode(codeStream, '', signal),
    decodes: (transferSyntaxUid) =>
      decoder?.decodes?.(transferSyntaxUid) ?? decodableTransferSyntaxes.has(transferSyntaxUid),
  }
}
