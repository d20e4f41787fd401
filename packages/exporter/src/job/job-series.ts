import { createKeyMap, type SeriesKey, type SeriesLayout } from '@ahi-dicom/export-files'
import { itemDigest } from '../selection/walk-selection.ts'

/** The series of a job that have files. */
export interface JobSeries extends Disposable {
  readonly layout: SeriesLayout
  /** Returns the image set whose instances the files of a series are made from: this one, if there was none before. */
  ownerOf(key: SeriesKey): string
}

/** Makes the series of a job that has not begun. `maxMemory` is in bytes: further series go to a temporary database. */
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
