import { createKeyMap } from '@ahi-dicom/export-files'
import type { SelectedVersion } from '@ahi-dicom/exporter'
import type { ImageSetVersion } from '../job/job-payload.ts'

/** The image sets that were selected so far, by series. */
export interface EarlierImageSets extends Disposable {
  /**
   * Returns the earlier image sets of the same series, and adds this one. The selection yields primary image sets first. If one
   * was selected by its id, its series is unknown, and it is found through `sameSeries` of a later image set.
   */
  add(selected: SelectedVersion): readonly ImageSetVersion[]
}

/** Memory for series, in bytes. Below the default of the map, so that a submitter can run beside other programs. */
const maxMemory = 2 * 2 ** 20

/** Creates an empty collection. Entries beyond its memory go to a temporary database. */
export function createEarlierImageSets(): EarlierImageSets {
  // The values are strings such as `IMAGESETID-VERSION,IMAGESETID-VERSION`, because a million arrays take much memory.
  const bySeries = createKeyMap<string>({ maxMemory })
  /** Image sets with an unknown series, by id. */
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
