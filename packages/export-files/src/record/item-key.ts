import type { ItemKey } from './entries.ts'
import type { RecordedFile } from './manifest-line.ts'

/** Returns the key of the instance or the series that a file was made from. */
export function itemKeyOf(file: RecordedFile): ItemKey {
  const { datastoreId, imageSetId, versionId, studyInstanceUid, seriesInstanceUid } = file
  const ofSeries = { datastoreId, imageSetId, versionId, studyInstanceUid, seriesInstanceUid }
  if (file.scope !== 'series') return { ...ofSeries, sopInstanceUid: file.sopInstanceUid }
  const { instances, instancesSha256 } = file
  return { ...ofSeries, instances, instancesSha256 }
}
