import type { Accuracy } from '@ahi-dicom/export-files'

/** A number of bytes, and how exactly it is known in advance. */
export interface PlannedBytes {
  readonly bytes: number
  /** `exact`; `at-most`: not more than `bytes`; `estimated`: more or less than `bytes`. */
  readonly accuracy: Accuracy
}

/** Zero bytes. */
export const noBytes: PlannedBytes = { bytes: 0, accuracy: 'exact' }

/** From the most exact to the least. */
const accuracies: readonly Accuracy[] = ['exact', 'at-most', 'estimated']

/** Returns a sum. It is only as exact as its least exact part. */
export function addBytes(a: PlannedBytes, b: PlannedBytes): PlannedBytes {
  const rank = Math.max(accuracies.indexOf(a.accuracy), accuracies.indexOf(b.accuracy))
  return { bytes: a.bytes + b.bytes, accuracy: accuracies[rank] ?? 'estimated' }
}
