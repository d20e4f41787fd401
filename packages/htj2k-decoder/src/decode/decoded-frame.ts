/** One decoded frame: its samples and what the code stream's SIZ or SOF segment says of them. */
export interface DecodedFrame {
  /**
   * Samples in row order, colour by pixel (PlanarConfiguration 0), little endian: one byte a sample where
   * `bitsPerSample` is at most 8, two bytes otherwise. They fill their buffer, unless they were decoded into memory of
   * the caller.
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

/** Length of the pixels of a frame in bytes. */
export function pixelsByteLength({
  width,
  height,
  components,
  bitsPerSample,
}: Pick<DecodedFrame, 'width' | 'height' | 'components' | 'bitsPerSample'>): number {
  return width * height * components * (bitsPerSample <= 8 ? 1 : 2)
}
