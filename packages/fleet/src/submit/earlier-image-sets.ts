import { createKeyMap } from '@ahi-dicom/export-files'
import type { SelectedVersion } from '@ahi-dicom/exporter'
import type { ImageSetVersion } from '../job/job-payload.ts'

/** Image sets that a selection has had, by their series. */
export interface EarlierImageSets extends Disposable {
  /**
   * Returns the image sets of the same series that came before, and notes this one. Of a primary image set that was named by
   * its id the series is not known: one that shares it tells. Primary ones come first.
   */
  add(selected: SelectedVersion): readonly ImageSetVersion[]
}

/** Memory for series, in bytes. Less than the map takes by itself: a submitter is to run beside other things. */
const maxMemory = 2 * 2 ** 20

/** Makes an empty collection. Its memory is bounded: what does not fit goes to a temporary database. */
export function createEarlierImageSets(): EarlierImageSets {
  // Texts, such as `IMAGESETID-VERSION,IMAGESETID-VERSION`, since a million lists take much memory.
  const bySeries = createKeyMap<string>({ maxMemory })
  /** Image sets of a series that is not known, by id. */
  const named = createKeyMap<string>({ maxMemory })

  function namedBefore(ids: readonly string[]): readonly string[] {
    return ids.map((id) => named.get(id)).filter((text) => text !== undefined)
  }

  return {
    add({ imageSetId, versionId, studyInstanceUid, seriesInstanceUid, sameSeries = [] }) {
      const own = `${imageSetId}-${versionId}`
      if (studyInstanceUid === undefined || seriesInstanceUid === undefined) {
        named.set(imageSetId, own)
        return []
      }
      const key = `${studyInstanceUid}/${seriesInstanceUid}`
      const earlier = [...new Set([...namedBefore(sameSeries), ...(bySeries.get(key)?.split(',') ?? [])])]
      if (!earlier.includes(own)) bySeries.set(key, [...earlier, own].join(','))
      return earlier.filter((other) => other !== own).map(versionOf)
    },
    [Symbol.dispose]() {
      bySeries[Symbol.dispose]()
      named[Symbol.dispose]()
    },
  }
}

function versionOf(text: string): ImageSetVersion {
  const [imageSetId = '', versionId = ''] = text.split('-')
  return { imageSetId, versionId }
}
