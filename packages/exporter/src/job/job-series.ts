import { createKeyMap, type SeriesKey, type SeriesLayout } from '@ahi-dicom/export-files'
import { itemDigest } from '../selection/walk-selection.ts'

/** A series in an image set. */
export type SeriesOfImageSet = Pick<SeriesKey, 'imageSetId' | 'studyInstanceUid' | 'seriesInstanceUid'>

/** The series of a job with series files. */
export interface JobSeries extends Disposable {
  readonly layout: SeriesLayout
  /**
   * Returns the image set that owns the files of a series. If the series has no owner yet, it is the image set of
   * `key`.
   */
  ownerOf(key: SeriesOfImageSet): string
}

/** Creates the series of a job. `maxMemory` is in bytes; beyond it, series go to a temporary database. */
export function createJobSeries(layout: SeriesLayout, { maxMemory }: { readonly maxMemory: number }): JobSeries {
  const owners = createKeyMap<string>({ maxMemory })
  return {
    layout,
    ownerOf(key) {
      const name = itemDigest(key)
      if (owners.add(name, key.imageSetId)) return key.imageSetId
      return owners.get(name) ?? key.imageSetId
    },
    [Symbol.dispose]: () => owners[Symbol.dispose](),
  }
}
