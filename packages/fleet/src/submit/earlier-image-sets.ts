import { createKeyMap } from '@ahi-dicom/export-files'
import type { SelectedVersion } from '@ahi-dicom/exporter'
import type { ImageSetVersion } from '../job/job-payload.ts'

/** Image sets that a selection has had, by their series. */
export interface EarlierImageSets extends Disposable {
  /**
   * Returns the image sets of the same series that came before, and notes this one. An image set whose series the search
   * does not tell (one that was named by its id) is not compared: if it has instances of another one, the report says so.
   */
  add(selected: SelectedVersion): readonly ImageSetVersion[]
}

/** Memory for series, in bytes. Less than the map takes by itself: a submitter is to run beside other things. */
const maxMemory = 2 * 2 ** 20

/** Makes an empty collection. Its memory is bounded: what does not fit goes to a temporary database. */
export function createEarlierImageSets(): EarlierImageSets {
  // Texts, such as `IMAGESETID-VERSION,IMAGESETID-VERSION`, since a million lists take much memory.
  const bySeries = createKeyMap<string>({ maxMemory })
  return {
    add({ imageSetId, versionId, studyInstanceUid, seriesInstanceUid }) {
      if (studyInstanceUid === undefined || seriesInstanceUid === undefined) return []
      const key = `${studyInstanceUid}/${seriesInstanceUid}`
      const own = `${imageSetId}-${versionId}`
      if (bySeries.add(key, own)) return []
      const earlier = bySeries.get(key)?.split(',') ?? []
      if (!earlier.includes(own)) bySeries.set(key, [...earlier, own].join(','))
      return earlier.filter((other) => other !== own).map(versionOf)
    },
    [Symbol.dispose]: () => bySeries[Symbol.dispose](),
  }
}

function versionOf(text: string): ImageSetVersion {
  const [imageSetId = '', versionId = ''] = text.split('-')
  return { imageSetId, versionId }
}
