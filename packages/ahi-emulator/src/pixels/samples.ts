/** The samples of one frame, decoded. */
export interface Samples {
  /** Row order, colour by pixel, little endian, `byteWidth` bytes each. */
  readonly data: Uint8Array<ArrayBuffer>
  readonly byteWidth: 1 | 2 | 4
  readonly isSigned: boolean
}

/** The samples as numbers, sharing the memory; the platform is little endian, as every one that Node runs on. */
function sampleValues(samples: Samples): Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array {
  const { data, byteWidth, isSigned } = samples
  const aligned = data.byteOffset % byteWidth === 0 ? data : Uint8Array.from(data)
  const { buffer, byteOffset } = aligned
  const length = aligned.byteLength / byteWidth
  if (byteWidth === 1)
    return isSigned ? new Int8Array(buffer, byteOffset, length) : new Uint8Array(buffer, byteOffset, length)
  if (byteWidth === 2)
    return isSigned ? new Int16Array(buffer, byteOffset, length) : new Uint16Array(buffer, byteOffset, length)
  return isSigned ? new Int32Array(buffer, byteOffset, length) : new Uint32Array(buffer, byteOffset, length)
}

/** The smallest and the largest sample, sign-aware. */
export function sampleRange(samples: Samples): { readonly least: number; readonly greatest: number } {
  const values = sampleValues(samples)
  let least = values[0] ?? 0
  let greatest = least
  for (let index = 1; index < values.length; index += 1) {
    const value = values[index] ?? 0
    if (value < least) least = value
    else if (value > greatest) greatest = value
  }
  return { least, greatest }
}

/** The bits of the range that a sample of this precision has. */
export function precisionRange(bits: number, isSigned: boolean): { readonly least: number; readonly greatest: number } {
  return isSigned ? { least: -(2 ** (bits - 1)), greatest: 2 ** (bits - 1) - 1 } : { least: 0, greatest: 2 ** bits - 1 }
}

/**
 * Gives samples of another width or signedness the same values, `bits` of each counting: codecs hand out signed samples
 * as unsigned ones, or the other way round, where the code stream does not agree with PixelRepresentation.
 */
export function convertSamples(
  samples: Samples,
  target: { readonly bits: number; readonly byteWidth: 1 | 2; readonly isSigned: boolean },
): Samples {
  const { bits, byteWidth, isSigned } = target
  const source = sampleValues(samples)
  const data = new Uint8Array(source.length * byteWidth)
  const converted: Samples = { data, byteWidth, isSigned }
  const values = sampleValues(converted)
  const unused = 32 - bits
  for (let index = 0; index < source.length; index += 1) {
    const shifted = (source[index] ?? 0) << unused
    values[index] = isSigned ? shifted >> unused : shifted >>> unused
  }
  return converted
}

/** Plane after plane to pixel after pixel. */
export function interleave(data: Uint8Array, samplesPerPixel: number, byteWidth: number): Uint8Array<ArrayBuffer> {
  const pixels = data.byteLength / (samplesPerPixel * byteWidth)
  const interleaved = new Uint8Array(data.byteLength)
  for (let sample = 0; sample < samplesPerPixel; sample += 1) {
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      const from = (sample * pixels + pixel) * byteWidth
      const to = (pixel * samplesPerPixel + sample) * byteWidth
      for (let byte = 0; byte < byteWidth; byte += 1) interleaved[to + byte] = data[from + byte] ?? 0
    }
  }
  return interleaved
}
