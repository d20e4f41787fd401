import { createKeyMap } from '@ahi-dicom/export-files'
import { formatSelector, type SelectedVersion } from '@ahi-dicom/exporter'
import { readStudySelector, type EarlierImageSet } from '../job/job-payload.ts'

/** The image sets that were selected so far, by series. */
export interface EarlierImageSets extends Disposable {
  /**
   * Returns the earlier image sets of the same series. The selection yields primary image sets first. If one was selected by
   * its id, its series is unknown, and it is found through `sameSeries` of a later image set.
   */
  before(selected: SelectedVersion): readonly EarlierImageSet[]
  /** Adds an image set, with the selectors of its job. If it was added before, the first selectors stay, like its job. */
  add(selected: SelectedVersion): void
}

/** Memory for series, in bytes. Below the default of the map, so that a submitter can run beside other programs. */
const maxMemory = 2 * 2 ** 20

/** Creates an empty collection. Entries beyond its memory go to a temporary database. */
export function createEarlierImageSets(): EarlierImageSets {
  // The values are strings, because a million arrays take much memory. Each line is an image set, see `textOf`.
  const bySeries = createKeyMap<string>({ maxMemory })
  /** Image sets with an unknown series, by id. */
  const named = createKeyMap<string>({ maxMemory })

  function namedBefore(ids: readonly string[]): readonly string[] {
    return ids.map((id) => named.get(id)).filter((text) => text !== undefined)
  }

  function textsBefore(selected: SelectedVersion): readonly string[] {
    const key = seriesOf(selected)
    if (key === undefined) return []
    return [...new Set([...namedBefore(selected.sameSeries ?? []), ...(bySeries.get(key)?.split('\n') ?? [])])]
  }

  return {
    before(selected) {
      const own = versionText(textOf(selected))
      return textsBefore(selected)
        .filter((text) => versionText(text) !== own)
        .map(earlierOf)
    },
    add(selected) {
      const key = seriesOf(selected)
      const own = textOf(selected)
      if (key === undefined) {
        named.set(selected.imageSetId, own)
        return
      }
      const earlier = textsBefore(selected)
      const isKnown = earlier.some((text) => versionText(text) === versionText(own))
      if (!isKnown) bySeries.set(key, [...earlier, own].join('\n'))
    },
    [Symbol.dispose]() {
      bySeries[Symbol.dispose]()
      named[Symbol.dispose]()
    },
  }
}

function seriesOf({ studyInstanceUid, seriesInstanceUid }: SelectedVersion): string | undefined {
  if (studyInstanceUid === undefined || seriesInstanceUid === undefined) return undefined
  return `${studyInstanceUid}/${seriesInstanceUid}`
}

/** Returns `IMAGESETID-VERSION`, and its selectors behind tabs. Selectors of jobs have no control characters. */
function textOf({ imageSetId, versionId, selectors }: SelectedVersion): string {
  return [`${imageSetId}-${versionId}`, ...selectors.map(formatSelector)].join('\t')
}

function versionText(text: string): string {
  const [version = ''] = text.split('\t', 1)
  return version
}

function earlierOf(text: string): EarlierImageSet {
  const [version = '', ...selectors] = text.split('\t')
  const [imageSetId = '', versionId = ''] = version.split('-')
  return { imageSetId, versionId, selectors: selectors.flatMap((selector) => readStudySelector(selector) ?? []) }
}
