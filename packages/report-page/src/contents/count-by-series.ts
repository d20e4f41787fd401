import { createKeyMap, type FailureOfExport } from '@ahi-dicom/export-files'

/** Number of failures by series. */
export interface FailureCounts extends Disposable {
  of(seriesInstanceUid: string): number
}

/** Counts failures by series. */
export async function countBySeries(
  failures: AsyncIterable<FailureOfExport>,
  maxMemory: number,
): Promise<FailureCounts> {
  const counts = createKeyMap<number>({ maxMemory })
  try {
    for await (const { seriesInstanceUid } of failures) {
      if (seriesInstanceUid !== undefined) counts.set(seriesInstanceUid, (counts.get(seriesInstanceUid) ?? 0) + 1)
    }
  } catch (error) {
    counts[Symbol.dispose]()
    throw error
  }
  return { of: (uid) => counts.get(uid) ?? 0, [Symbol.dispose]: () => counts[Symbol.dispose]() }
}
