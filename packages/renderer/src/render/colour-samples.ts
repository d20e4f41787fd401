import type { ImageDescription } from '../describe/image-description.ts'
import type { Picture } from './picture.ts'

/** Returns a black picture of three channels. */
export function colourPicture(image: ImageDescription, bits: 8 | 16): Picture {
  const length = image.rows * image.columns * 3
  const data = bits === 8 ? new Uint8Array(length) : new Uint16Array(length)
  return { width: image.columns, height: image.rows, channels: 3, bits, data }
}

/** Returns a table that converts every sample by {@link scaleSample}. */
export function sampleTable(fromBits: number, toBits: 8 | 16): Uint8Array | Uint16Array {
  const bits = Math.min(Math.max(fromBits, 1), 16)
  const table = toBits === 8 ? new Uint8Array(2 ** bits) : new Uint16Array(2 ** bits)
  for (let value = 0; value < table.length; value++) table[value] = scaleSample(value, bits, toBits)
  return table
}

/**
 * Converts a sample to another precision. Drops low bits if it is wider, and scales it to the full range if it is
 * narrower.
 */
export function scaleSample(value: number, fromBits: number, toBits: number): number {
  if (fromBits >= toBits) return value >>> (fromBits - toBits)
  return Math.round((value * (2 ** toBits - 1)) / (2 ** fromBits - 1))
}
