import type { ImageFrame } from '@ahi-dicom/ahi-metadata'

/** The least and the greatest stored value of an instance. */
export interface ValueRange {
  readonly least: number
  readonly greatest: number
}

/**
 * Returns the value range that the metadata document states. Returns undefined if a frame has no values, as for frames
 * that AHI keeps as imported.
 */
export function valueRange(frames: readonly ImageFrame[]): ValueRange | undefined {
  let range: ValueRange | undefined
  for (const { MinPixelValue: least, MaxPixelValue: greatest } of frames) {
    if (typeof least !== 'number' || typeof greatest !== 'number') return undefined
    range = {
      least: Math.min(least, range?.least ?? least),
      greatest: Math.max(greatest, range?.greatest ?? greatest),
    }
  }
  return range
}

/** Returns whether all values of a range fit this number of bits. */
export function fitsBits({ least, greatest }: ValueRange, bits: number, isSigned: boolean): boolean {
  return isSigned ? least >= -(2 ** (bits - 1)) && greatest < 2 ** (bits - 1) : least >= 0 && greatest < 2 ** bits
}
