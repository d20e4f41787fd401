import type { JsonValue } from '@ahi-dicom/ahi-metadata'

/**
 * Returns the frames that a NumberOfFrames counts. One that is missing, empty, 0 or no number stands for one frame, as
 * readers take it (PS3.3 C.7.6.6 has a number of at least 1).
 */
export function frameCountOf(value: JsonValue | undefined): number {
  const first = Array.isArray(value) ? value[0] : value
  return Number(first ?? 1) || 1
}
