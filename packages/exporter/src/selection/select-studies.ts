import type { ImageSetSummary } from '@ahi-dicom/ahi-client'
import { errorCode } from '../failure/failure.ts'
import { isPrimary, searchStudy, type ExporterClient } from './client.ts'
import { byPrecedence } from './image-set-order.ts'
import { isDicomUid } from './searchable-uid.ts'
import { selectSummary } from './select-summary.ts'
import type { Selection } from './selection.ts'
import type { NonPrimary, SelectionOptions } from './selection-options.ts'
import { createSelectorGroup, type SelectorGroup } from './selector-group.ts'
import type { SelectorList } from './selector-list.ts'

/** Selects the studies of a list: one search for each, and one search for those that AHI's search does not take. */
export async function* selectStudies(
  client: ExporterClient,
  list: SelectorList,
  options: SelectionOptions,
): AsyncGenerator<Selection, void, undefined> {
  const { datastoreId, signal } = options
  for (const studyInstanceUid of list.studies()) {
    try {
      const found = await searchStudy(client, { datastoreId, studyInstanceUid, signal })
      yield* selectStudy(studyInstanceUid, found, { list, options })
    } catch (error) {
      signal?.throwIfAborted()
      const isRefused = errorCode(error) === 'AHI_VALIDATION' && !isDicomUid(studyInstanceUid)
      if (isRefused) list.setUnsearchable(studyInstanceUid)
      else yield failedSearch(studyInstanceUid, list, error)
    }
  }
  yield* selectUnsearchable(client, list, options)
}

/** Studies that are looked for in one search through the data store. */
const unsearchableAtATime = 1000

async function* selectUnsearchable(
  client: ExporterClient,
  list: SelectorList,
  options: SelectionOptions,
): AsyncGenerator<Selection, void, undefined> {
  let found = new Map<string, ImageSetSummary[]>()
  for (const studyInstanceUid of list.unsearchableStudies()) {
    found.set(studyInstanceUid, [])
    if (found.size < unsearchableAtATime) continue
    yield* selectFound(client, found, { list, options })
    found = new Map()
  }
  if (found.size > 0) yield* selectFound(client, found, { list, options })
}

/** What a study is selected with. */
export interface StudyParts {
  readonly list: SelectorList
  readonly options: SelectionOptions
}

async function* selectFound(
  client: ExporterClient,
  found: ReadonlyMap<string, ImageSetSummary[]>,
  parts: StudyParts,
): AsyncGenerator<Selection, void, undefined> {
  const { datastoreId, signal } = parts.options
  try {
    for await (const summary of client.searchImageSets({ datastoreId, signal })) {
      found.get(summary.studyInstanceUid?.trim() ?? '')?.push(summary)
    }
  } catch (error) {
    signal?.throwIfAborted()
    for (const studyInstanceUid of found.keys()) yield failedSearch(studyInstanceUid, parts.list, error)
    return
  }
  for (const [studyInstanceUid, summaries] of found) yield* selectStudy(studyInstanceUid, summaries, parts)
}

function failedSearch(studyInstanceUid: string, list: SelectorList, error: unknown): Selection {
  const [selector, ...others] = list.selectorsOf(studyInstanceUid)
  return { kind: 'failed-search', selector: others.length === 0 ? selector : { studyInstanceUid }, error }
}

/**
 * Selects the image sets of a study. Those that are named by their ids as well are selected here, so that the order holds for
 * all.
 */
export function* selectStudy(
  studyInstanceUid: string,
  found: readonly ImageSetSummary[],
  { list, options: { nonPrimary = 'exclude', filters = [] } }: StudyParts,
): Generator<Selection, void, undefined> {
  const group = createSelectorGroup(list.selectorsOf(studyInstanceUid))
  const named: SelectorGroup[] = []
  for (const summary of found.toSorted(byPrecedence)) {
    const { imageSetId, seriesInstanceUid } = summary
    const groups = group.mayHold(seriesInstanceUid) && isUsable(summary, nonPrimary) ? [group] : []
    if (groups.length === 0) group.leaveOut(seriesInstanceUid)
    if ((groups.length > 0 || nonPrimary !== 'only') && list.take(imageSetId)) {
      const ofImageSet = createSelectorGroup([{ imageSetId }])
      groups.push(ofImageSet)
      named.push(ofImageSet)
    }
    if (groups.length > 0) yield* selectSummary(summary, { groups, filters })
  }
  for (const finished of [group, ...named]) yield { kind: 'finished-group', group: finished }
}

/** Returns whether an image set is selected by `nonPrimary`. */
function isUsable(summary: Pick<ImageSetSummary, 'isPrimary'>, nonPrimary: NonPrimary): boolean {
  return nonPrimary === 'include' || isPrimary(summary) === (nonPrimary === 'exclude')
}
