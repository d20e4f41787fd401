import type { PixelArray } from '@ahi-dicom/dicom-standard'
import type { ImageDescription } from '../describe/image-description.ts'

/**
 * Returns samples with their values in the lowest bits. Most samples are returned unchanged. Values are shifted down if
 * HighBit requires it. Bits above values of 17 to 32 bits are removed. Colour of more than 16 bits is reduced to 16.
 */
export function valueSamples(samples: PixelArray, image: ImageDescription): PixelArray {
  if (samples instanceof Float32Array || samples instanceof Float64Array) return samples
  const containerBits = samples.BYTES_PER_ELEMENT * 8
  const bits = Math.min(Math.max(image.bitsStored, 1), containerBits)
  const highBit = Math.min(Math.max(image.highBit ?? bits - 1, bits - 1), containerBits - 1)
  const lowBit = highBit + 1 - bits
  if (bits <= 16) return lowBit === 0 ? samples : Uint16Array.from(samples, (sample) => sample >>> lowBit)
  if (image.samplesPerPixel > 1) return Uint16Array.from(samples, (sample) => sample >>> (highBit - 15))
  const isSigned = image.pixelRepresentation === 1
  const isWhole = bits === 32 && samples instanceof (isSigned ? Int32Array : Uint32Array)
  return isWhole ? samples : wideValues(samples, { highBit, bits, isSigned })
}

function wideValues(
  samples: PixelArray,
  { highBit, bits, isSigned }: { readonly highBit: number; readonly bits: number; readonly isSigned: boolean },
): PixelArray {
  const aboveHighBit = 31 - highBit
  const values = isSigned ? new Int32Array(samples.length) : new Uint32Array(samples.length)
  for (let i = 0; i < values.length; i++) {
    const upper = (samples[i] ?? 0) << aboveHighBit
    values[i] = isSigned ? upper >> (32 - bits) : upper >>> (32 - bits)
  }
  return values
}
