import type { PixelArray } from '@ahi-dicom/dicom-standard'
import type { ImageDescription } from '../describe/image-description.ts'

/** A range of stored values that is small enough for a lookup table. */
export interface StoredRange {
  readonly bits: number
  /** Mask of the value bits of a sample. Also the last index of a table. */
  readonly mask: number
  readonly isSigned: boolean
}

/** Returns the range of stored values, or undefined for float pixels and values wider than 16 bits. */
export function storedRange(pixels: PixelArray, image: ImageDescription): StoredRange | undefined {
  if (pixels instanceof Float32Array || pixels instanceof Float64Array) return undefined
  const bits = Math.min(image.bitsStored, pixels.BYTES_PER_ELEMENT * 8)
  if (!(bits >= 1 && bits <= 16)) return undefined
  return { bits, mask: 2 ** bits - 1, isSigned: image.pixelRepresentation === 1 }
}

/** Returns the stored value for an index of a table. */
export function valueAtIndex(range: StoredRange, index: number): number {
  return range.isSigned && index > range.mask >>> 1 ? index - range.mask - 1 : index
}

/** Returns true if a stored value is padding (PS3.3 C.7.5.1.1.2). */
export function isPadding(image: ImageDescription, value: number): boolean {
  const { pixelPaddingValue: from, pixelPaddingRangeLimit: to } = image
  if (from === undefined) return false
  if (to === undefined) return value === from
  return value >= Math.min(from, to) && value <= Math.max(from, to)
}

/** Returns each stored value of a frame once. There are far fewer of them than pixels or table entries. */
export function occurringValues(pixels: PixelArray, range: StoredRange): readonly number[] {
  const { mask } = range
  const occurs = new Uint8Array(mask + 1)
  for (let i = 0; i < pixels.length; i++) occurs[(pixels[i] ?? 0) & mask] = 1
  const values: number[] = []
  for (let index = 0; index <= mask; index++) if (occurs[index] === 1) values.push(valueAtIndex(range, index))
  return values
}

/** Unpacks samples of one bit, lowest bit first, to one byte each (PS3.5 8.1.1). */
export function unpackBits(packed: Uint8Array, count: number): Uint8Array {
  const samples = new Uint8Array(count)
  for (let i = 0; i < count; i++) samples[i] = ((packed[i >>> 3] ?? 0) >>> (i & 7)) & 1
  return samples
}
