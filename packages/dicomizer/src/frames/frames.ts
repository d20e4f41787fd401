/** Names one frame of one image set. */
export interface FrameRequest {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly imageFrameId: string
  readonly signal?: AbortSignal | undefined
}

/** A frame as AHI stores it: the body and media type of GetImageFrame. */
export interface StoredFrame {
  readonly data: Uint8Array<ArrayBuffer>
  readonly contentType?: string | undefined
}

/** A stored frame as it arrives. */
export interface FrameStream {
  readonly data: AsyncIterable<Uint8Array>
  /** Of all of it, where that is known ahead. */
  readonly byteLength?: number | undefined
  readonly contentType?: string | undefined
}

/** Where frames come from. The AHI client is one; a folder of code streams or a cache can be another. */
export interface FrameSource {
  getImageFrame(request: FrameRequest): Promise<StoredFrame>
  /** The same, for frames that are not to be held in memory: video objects. Without it they are. */
  streamImageFrame?(request: FrameRequest): Promise<FrameStream>
}

/** One decoded frame. */
export interface DecodedFrame {
  /**
   * Samples in row order, colour by pixel (PlanarConfiguration 0), little endian: one byte a sample where
   * `bitsPerSample` is at most 8, two bytes otherwise.
   */
  readonly pixels: Uint8Array<ArrayBuffer>
  readonly width: number
  readonly height: number
  /** Samples per pixel. */
  readonly components: number
  /** Precision of a sample in bits. */
  readonly bitsPerSample: number
  readonly isSigned: boolean
  /** CRC-32 (zlib polynomial) of `pixels`, unsigned. */
  readonly checksum: number
}

/** What turns a stored frame into pixels. The pool of htj2k-decoder is one. */
export interface FrameDecoder {
  /** Decodes one code stream. The bytes may be transferred to another thread: do not use them afterwards. */
  decode(
    codeStream: Uint8Array<ArrayBuffer>,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<DecodedFrame>
}
