import type { JsonValue } from '@ahi-dicom/ahi-metadata'

/**
 * Returns the frames that a NumberOfFrames counts. One that is missing, empty or 0 stands for one frame, as readers take
 * it (PS3.3 C.7.6.6 has a number of at least 1). NaN for what is no number.
 */
export function frameCountOf(value: JsonValue | undefined): number {
  const first = Array.isArray(value) ? value[0] : value
  const count = Number(first ?? 1)
  return count === 0 ? 1 : count
}
