/** The decoded samples of one frame. */
export interface Samples {
  /** In row order, colour by pixel, little endian, `byteWidth` bytes per sample. */
  readonly data: Uint8Array<ArrayBuffer>
  readonly byteWidth: 1 | 2 | 4
  readonly isSigned: boolean
}

/** Returns the samples as numbers, sharing their memory if it is aligned. Assumes a little endian platform. */
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

/** Returns the smallest and the largest sample, considering the sign. */
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

/** Returns the range of samples with this precision. */
export function precisionRange(bits: number, isSigned: boolean): { readonly least: number; readonly greatest: number } {
  return isSigned ? { least: -(2 ** (bits - 1)), greatest: 2 ** (bits - 1) - 1 } : { least: 0, greatest: 2 ** bits - 1 }
}

/**
 * Converts samples to another width or signedness. The lowest `bits` bits of each sample count. Codecs return the wrong
 * signedness if the code stream disagrees with PixelRepresentation.
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

/** Converts colour by plane to colour by pixel. */
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
