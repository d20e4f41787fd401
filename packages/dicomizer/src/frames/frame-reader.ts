import type { DecodedFrame } from '@ahi-dicom/htj2k-decoder'

/** Names one frame of one image set. */
export interface FrameRequest {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly imageFrameId: string
  /** True if the frame was damaged when it was read before. A reader with a cache then fetches the frame again. */
  readonly isRepeated?: boolean | undefined
  /**
   * The most bytes that the stored frame can have according to the document. A longer frame is damaged: do not hold it
   * in memory.
   */
  readonly maxByteLength?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** The parts of a frame to return. */
export interface WantedFrame {
  /** Return the bytes as AHI stores them. */
  readonly stored: boolean
  /** Return the decoded samples. */
  readonly pixels: boolean
}

/** One frame, as a {@link FrameReader} returns it. */
export interface ReadFrame {
  /** Length of the stored frame in bytes. */
  readonly byteLength: number
  /** Media type of the stored frame, as in the Content-Type of GetImageFrame. */
  readonly contentType?: string | undefined
  /** The stored bytes. Present if `stored` was wanted. */
  readonly stored?: Uint8Array<ArrayBuffer> | undefined
  /** The decoded frame. Present if `pixels` was wanted and the frame decodes. */
  readonly decoded?: DecodedFrame | undefined
  /** The decoder's error. Present if `pixels` was wanted and the frame does not decode. */
  readonly failure?: unknown
  /** Gives the memory of `stored` and `decoded` back to the reader. Called at most once; neither is read afterwards. */
  readonly release?: (() => void) | undefined
}

/** A stored frame as a stream. */
export interface FrameStream {
  /** The bytes. They can be read once. */
  readonly data: AsyncIterable<Uint8Array>
  /** Length of the whole frame in bytes, if it is known in advance. */
  readonly byteLength?: number | undefined
  readonly contentType?: string | undefined
}

/**
 * Reads frames. `dicomizer` checks each frame and requests a damaged one once more. A reader only has to repeat
 * requests that the network broke.
 */
export interface FrameReader {
  /**
   * Fetches one frame, and decodes it if `pixels` is wanted. Resolves with `failure` if the frame does not decode.
   * Rejects if it cannot be fetched. An error with `statusCode` 404 or code `ENOENT` means that the frame does not
   * exist.
   */
  read(frame: FrameRequest, wanted: WantedFrame): Promise<ReadFrame>
  /** Returns whether frames of a transfer syntax can be decoded. */
  decodes(transferSyntaxUid: string): boolean
  /**
   * Returns a frame as a stream, for frames that should not be held in memory, such as a video. Default: the frame is
   * read into memory.
   */
  stream?(frame: FrameRequest): Promise<FrameStream>
  /**
   * Decodes a frame that was read from the file of a whole instance. Default: frames of whole instances are not
   * decoded.
   */
  decode?(
    codeStream: Uint8Array<ArrayBuffer>,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<DecodedFrame>
}
