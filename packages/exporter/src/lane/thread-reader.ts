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

/** Parts needed to read frames in the thread of a lane. */
export interface ThreadReaderParts {
  /** Fetches frames. Bodies are received into `memory`. */
  readonly client: FrameClient
  /** The caller's decoder. Default: `@ahi-dicom/htj2k-decoder`. */
  readonly decoder: FrameDecoder | undefined
  readonly memory: FrameMemory
  /** Lets the thread decode one frame at a time, so that the watch knows which frame it hangs on. */
  readonly turns: Limiter
  readonly watch: DecodeWatch
  /** Called with the time each frame took to decode, in milliseconds. */
  readonly onDecoded: (decodeMs: number) => void
}

/** Creates a frame reader for an item. It fetches and decodes in this thread, into reused memory. */
export function createThreadReader(parts: ThreadReaderParts, itemId: number): FrameReader {
  const { client, decoder, memory, turns, watch, onDecoded } = parts

  async function decode(codeStream: Uint8Array<ArrayBuffer>, imageFrameId: string, signal: AbortSignal | undefined) {
    const turn = await turns.reserve(1, { signal })
    watch.begin(itemId, imageFrameId)
    const startedAt = performance.now()
    try {
      // The caller's decoder may transfer the bytes to another thread, so it gets a copy.
      return await (decoder?.decode(codeStream.slice(), { signal }) ?? decodeFrame(codeStream, { memory }))
    } finally {
      onDecoded(performance.now() - startedAt)
      watch.end()
      turn.release()
    }
  }

  /** Releases a frame. Pixels from the caller's decoder are not in our memory. */
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
