/** One decoded frame: its samples, and their description from the SIZ or SOF segment of the code stream. */
export interface DecodedFrame {
  /**
   * Samples in row order, colour by pixel (PlanarConfiguration 0), little endian: one byte a sample where
   * `bitsPerSample` is at most 8, two bytes otherwise. The array fills its buffer, unless the caller gave the memory.
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
