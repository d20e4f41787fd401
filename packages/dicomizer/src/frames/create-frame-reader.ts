import type { DecodedFrame } from '@ahi-dicom/htj2k-decoder'

import type { FrameReader, FrameRequest, FrameStream, ReadFrame } from './frame-reader.ts'
import { requireStoredFrame } from './reader-answers.ts'
import { decodableTransferSyntaxes } from './transfer-syntax.ts'

/** A frame as AHI stores it: the body and media type of GetImageFrame. */
export interface StoredFrame {
  readonly data: Uint8Array<ArrayBuffer>
  readonly contentType?: string | undefined
}

/** Fetches frames. The client of `@ahi-dicom/ahi-client` is a frame source. A folder of code streams can be another. */
export interface FrameSource {
  getImageFrame(request: FrameRequest): Promise<StoredFrame>
  /**
   * Fetches a frame as a stream, for frames that should not be held in memory. Default: the frame is read into memory.
   */
  streamImageFrame?(request: FrameRequest): Promise<FrameStream>
}

/** Decodes frames, as the pool of `@ahi-dicom/htj2k-decoder` does. */
export interface FrameDecoder {
  /** Decodes one code stream. The bytes may be transferred to another thread: do not use them afterwards. */
  decode(
    codeStream: Uint8Array<ArrayBuffer>,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<DecodedFrame>
  /** Returns whether frames of a transfer syntax can be decoded. Default: the syntaxes that htj2k-decoder decodes. */
  decodes?(transferSyntaxUid: string): boolean
}

/** Options of {@link createFrameReader}. */
export interface FrameReaderParts {
  readonly source: FrameSource
  /** Default: no frame is decoded. */
  readonly decoder?: FrameDecoder | undefined
}

/**
 * Returns a reader that fetches frames from a source and decodes them with a decoder.
 *
 * @example
 * import { createFrameReader, dicomize } from '@ahi-dicom/dicomizer'
 * import { createDecoderPool } from '@ahi-dicom/htj2k-decoder'
 *
 * await using decoder = createDecoderPool()
 * const frameReader = createFrameReader({ source: client, decoder })
 * for (const instance of dicomize(metadata, { frameReader })) console.log(await instance.frame(0))
 */
export function createFrameReader({ source, decoder }: FrameReaderParts): FrameReader {
  return {
    async read(frame, wanted) {
      const { data, contentType } = requireStoredFrame(await source.getImageFrame(frame), frame.imageFrameId)
      const read = { byteLength: data.byteLength, contentType }
      if (decoder === undefined || !wanted.pixels) return { ...read, stored: data }
      // The decoder may transfer the bytes to another thread.
      const stored = wanted.stored ? data.slice() : undefined
      return { ...read, stored, ...(await decodeOrFail(decoder, data, frame.signal)) }
    },
    decodes(transferSyntaxUid) {
      if (decoder === undefined) return false
      return decoder.decodes?.(transferSyntaxUid) ?? decodableTransferSyntaxes.has(transferSyntaxUid)
    },
    ...(source.streamImageFrame && { stream: source.streamImageFrame.bind(source) }),
    ...(decoder && { decode: decoder.decode.bind(decoder) }),
  }
}

async function decodeOrFail(
  decoder: FrameDecoder,
  codeStream: Uint8Array<ArrayBuffer>,
  signal: AbortSignal | undefined,
): Promise<Pick<ReadFrame, 'decoded' | 'failure'>> {
  try {
    return { decoded: await decoder.decode(codeStream, { signal }) }
  } catch (failure) {
    signal?.throwIfAborted()
    return { failure }
  }
}
