/** One decoded frame: its pixels, and their properties from the SIZ or SOF segment. */
export interface DecodedFrame {
  /**
   * Samples row by row, with the samples of a pixel together (PlanarConfiguration 0), little endian. One byte per
   * sample if `bitsPerSample` is at most 8, otherwise two. The array fills its buffer unless the caller passed memory.
   */
  readonly pixels: Uint8Array<ArrayBuffer>
  readonly width: number
  readonly height: number
  /** Samples per pixel. */
  readonly components: number
  /** Precision of a sample in bits, 1 to 16. */
  readonly bitsPerSample: number
  readonly isSigned: boolean
  /** CRC-32 (zlib polynomial) of `pixels`, unsigned. */
  readonly checksum: number
}

/** Returns the length of a frame's pixels in bytes. */
export function pixelsByteLength({
  width,
  height,
  components,
  bitsPerSample,
}: Pick<DecodedFrame, 'width' | 'height' | 'components' | 'bitsPerSample'>): number {
  return width * height * components * (bitsPerSample <= 8 ? 1 : 2)
}
