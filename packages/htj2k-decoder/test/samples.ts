/** The size and form of the samples of a frame. */
export interface SampleFormat {
  readonly width: number
  readonly height: number
  readonly components: number
  readonly bitsPerSample: number
  readonly isSigned: boolean
}

/** Returns samples over their whole range without a pattern, so that any misplaced sample shows. */
export function hashedSamples({
  width,
  height,
  components,
  bitsPerSample,
  isSigned,
}: SampleFormat): Uint8Array<ArrayBuffer> {
  const samples = Array.from({ length: width * height * components }, (_, index) => {
    const value = (((index * 2654435761) % 2 ** 32) >>> 0) >>> (32 - bitsPerSample)
    return isSigned ? value - 2 ** (bitsPerSample - 1) : value
  })
  return bitsPerSample <= 8 ? Uint8Array.from(samples) : new Uint8Array(Uint16Array.from(samples).buffer)
}

/** Returns smooth samples with some noise, as in photographs. */
export function smoothSamples(format: SampleFormat): Uint8Array<ArrayBuffer> {
  const { width, height, components, bitsPerSample, isSigned } = format
  const range = 2 ** bitsPerSample - 1
  const samples = Array.from({ length: width * height * components }, (_, index) => {
    const pixel = Math.floor(index / components)
    const wave = Math.sin((pixel % width) / 9 + (index % components)) + Math.cos(Math.floor(pixel / width) / 7)
    const noise = ((index * 7919) % 31) / 31 - 0.5
    const value = Math.round(range * (0.5 + 0.22 * wave + 0.02 * noise))
    return isSigned ? value - 2 ** (bitsPerSample - 1) : value
  })
  return bitsPerSample <= 8 ? Uint8Array.from(samples) : new Uint8Array(Uint16Array.from(samples).buffer)
}
