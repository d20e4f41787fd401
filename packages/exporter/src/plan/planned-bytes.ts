import type { Accuracy } from '@ahi-dicom/export-files'

/** Bytes that are known before, more or less. */
export interface PlannedBytes {
  readonly bytes: number
  /** `exact`; `at-most`: not more than that; `estimated`: more or less. */
  readonly accuracy: Accuracy
}

/** No bytes. */
export const noBytes: PlannedBytes = { bytes: 0, accuracy: 'exact' }

/** From the best known to the least known. */
const accuracies: readonly Accuracy[] = ['exact', 'at-most', 'estimated']

/** Returns a sum, which is known as well as the least known part of it. */
export function addBytes(a: PlannedBytes, b: PlannedBytes): PlannedBytes {
  const rank = Math.max(accuracies.indexOf(a.accuracy), accuracies.indexOf(b.accuracy))
  return { bytes: a.bytes + b.bytes, accuracy: accuracies[rank] ?? 'estimated' }
}
