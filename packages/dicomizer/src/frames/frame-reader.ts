import type { DecodedFrame } from '@ahi-dicom/htj2k-decoder'

/** Names one frame of one image set. */
export interface FrameRequest {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly imageFrameId: string
  /** Whether the frame came damaged before. A reader that keeps frames fetches this one again. */
  readonly isRepeated?: boolean | undefined
  /** Most bytes that the stored frame can have by the document. More are damage, and not to be held in memory. */
  readonly maxByteLength?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** What is wanted of a frame. */
export interface WantedFrame {
  /** The bytes as AHI stores them. */
  readonly stored: boolean
  /** The decoded samples. */
  readonly pixels: boolean
}

/** One frame as a {@link FrameReader} gives it. */
export interface ReadFrame {
  /** Length of the frame as it is stored, in bytes. */
  readonly byteLength: number
  /** Media type of GetImageFrame. */
  readonly contentType?: string | undefined
  /** The frame as it is stored. Present if it was wanted. */
  readonly stored?: Uint8Array<ArrayBuffer> | undefined
  /** The decoded frame. Present if pixels were wanted and the frame decodes. */
  readonly decoded?: DecodedFrame | undefined
  /** Why the frame does not decode. Present if pixels were wanted and it does not. */
  readonly failure?: unknown
  /** Takes the memory of `stored` and `decoded` back. Called once, and nothing reads them afterwards. */
  readonly release?: (() => void) | undefined
}

/** A stored frame as it arrives. */
export interface FrameStream {
  /** The bytes, to be read once. */
  readonly data: AsyncIterable<Uint8Array>
  /** Length of the whole frame in bytes, if it is known ahead. */
  readonly byteLength?: number | undefined
  readonly contentType?: string | undefined
}

/**
 * Gives frames. `dicomizer` checks what comes, and asks once more for a frame that is damaged. A reader repeats only what
 * the network broke.
 */
export interface FrameReader {
  /**
   * Fetches one frame, and decodes it if pixels are wanted. Rejects if the frame cannot be fetched; a frame that does not
   * decode resolves with `failure`. An error with `statusCode` 404 or code `ENOENT` says that there is no such frame.
   */
  read(frame: FrameRequest, wanted: WantedFrame): Promise<ReadFrame>
  /** Returns whether frames of a transfer syntax can be decoded. */
  decodes(transferSyntaxUid: string): boolean
  /** Gives a frame that is not to be held in memory (a video). Default: it is read into memory. */
  stream?(frame: FrameRequest): Promise<FrameStream>
  /** Decodes a frame whose bytes are there, from a whole instance. Default: frames of whole instances are not decoded. */
  decode?(
    codeStream: Uint8Array<ArrayBuffer>,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<DecodedFrame>
}
