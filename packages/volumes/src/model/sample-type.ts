import type { PixelArray } from '@ahi-dicom/dicom-standard'

/** The type of the samples of a volume, by NumPy's name. */
export type SampleType = 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32' | 'float64'

const arrays = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const

/** Returns samples that are all 0. */
export function createSamples(type: SampleType, length: number): PixelArray {
  return new arrays[type](length)
}

/** Returns the bytes of one sample. */
export function bytesPerSample(type: SampleType): number {
  return arrays[type].BYTES_PER_ELEMENT
}

/** Returns whether samples of a type are real numbers. */
export function isReal(type: SampleType): boolean {
  return type === 'float32' || type === 'float64'
}

/** The first type of these that holds all whole numbers from `least` to `most`; undefined if none does. */
export function narrowestInteger(least: number, most: number): SampleType | undefined {
  const types = ['uint8', 'int16', 'uint16', 'int32', 'uint32'] as const
  return types.find((type) => {
    const bits = 8 * bytesPerSample(type)
    const [low, high] = type.startsWith('u') ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1]
    return least >= low && most <= high
  })
}
