import type { PixelArray } from '@ahi-dicom/dicom-standard'
import { createSamples, isReal, narrowestInteger, type SampleType } from '../model/sample-type.ts'
import type { Rescale } from '../model/volume.ts'
import type { SampleForm } from '../frames/source-frame.ts'

/** Returns the type that holds what a frame stores. */
export function storedType({ realBits, bitsAllocated, isSigned }: SampleForm): SampleType | undefined {
  if (realBits !== undefined) return realBits === 64 ? 'float64' : 'float32'
  if (bitsAllocated < 1 || bitsAllocated > 32) return undefined
  const bits = bitsAllocated <= 8 ? 8 : bitsAllocated <= 16 ? 16 : 32
  return `${isSigned ? 'int' : 'uint'}${bits}`
}

/** Returns the type that holds the real-world values: whole numbers if all of them are, else float32. */
export function realWorldType(form: SampleForm, { slope, intercept }: Rescale): SampleType {
  const stored = storedType(form)
  if (stored === undefined || isReal(stored)) return stored ?? 'float32'
  if (!Number.isInteger(slope) || !Number.isInteger(intercept)) return 'float32'
  if (slope === 1 && intercept === 0) return stored
  const [least, most] = storedRange(form)
  const ends = [least * slope + intercept, most * slope + intercept]
  return narrowestInteger(Math.min(...ends), Math.max(...ends)) ?? 'float32'
}

function storedRange({ bitsStored, isSigned }: SampleForm): readonly [number, number] {
  return isSigned ? [-(2 ** (bitsStored - 1)), 2 ** (bitsStored - 1) - 1] : [0, 2 ** bitsStored - 1]
}

/** How samples become voxels. */
export interface ValueOptions {
  readonly form: SampleForm
  readonly rescale: Rescale
  readonly dtype: SampleType
}

/**
 * Returns the stored values of a frame, times slope plus intercept: the samples themselves if they are that. Bits that
 * BitsStored and HighBit leave out, which may be overlays, are no part of a value.
 */
export function voxelValues(samples: PixelArray, { form, rescale, dtype }: ValueOptions): PixelArray {
  const { slope, intercept } = rescale
  const valueOf = storedValue(samples, form)
  const isIdentity = valueOf === undefined && slope === 1 && intercept === 0
  if (isIdentity && dtype === storedType(form)) return samples
  const values = createSamples(dtype, samples.length)
  for (let index = 0; index < samples.length; index++) {
    const sample = samples[index] ?? 0
    values[index] = (valueOf === undefined ? sample : valueOf(sample)) * slope + intercept
  }
  return values
}

/** Undefined if samples are their values. */
function storedValue(samples: PixelArray, form: SampleForm): ((sample: number) => number) | undefined {
  if (samples instanceof Float32Array || samples instanceof Float64Array) return undefined
  const container = 8 * samples.BYTES_PER_ELEMENT
  const bits = Math.min(Math.max(form.bitsStored, 1), container)
  const highBit = Math.min(Math.max(form.highBit, bits - 1), container - 1)
  if (bits === container || form.bitsAllocated === 1) return undefined
  const [left, right] = [31 - highBit, 32 - bits]
  return form.isSigned ? (sample) => (sample << left) >> right : (sample) => (sample << left) >>> right
}

/** Colours that are red, green and blue once decoded, or become so. */
export const directColours: ReadonlySet<string> = new Set(['RGB', 'YBR_FULL', 'YBR_FULL_422', 'YBR_RCT', 'YBR_ICT'])

/** Converts YBR_FULL to RGB (PS3.3 C.7.6.3.1.2). */
export function rgbOfYbr(samples: PixelArray): PixelArray {
  const colours = new Uint8Array(samples.length)
  for (let at = 0; at < samples.length; at += 3) {
    const y = samples[at] ?? 0
    const blueness = (samples[at + 1] ?? 0) - 128
    const redness = (samples[at + 2] ?? 0) - 128
    colours[at] = byteOf(y + 1.402 * redness)
    colours[at + 1] = byteOf(y - 0.344136 * blueness - 0.714136 * redness)
    colours[at + 2] = byteOf(y + 1.772 * blueness)
  }
  return colours
}

function byteOf(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)))
}

/** Returns a slice of one value. */
export function filledSlice(type: SampleType, length: number, value: number): PixelArray {
  const samples = createSamples(type, length)
  return value === 0 ? samples : samples.fill(value)
}
