import type { ImageSetSummary } from '@ahi-dicom/ahi-client'
import { errorCode } from '../failure/failure.ts'
import { isPrimary, searchStudy, type ExporterClient } from './client.ts'
import { byPrecedence } from './image-set-order.ts'
import { isDicomUid } from './searchable-uid.ts'
import { selectSummary } from './select-summary.ts'
import type { Selection } from './selection.ts'
import type { NonPrimary, SelectionOptions } from './selection-options.ts'
import { createSelectorGroup, type SelectorGroup } from './selector-group.ts'
import type { ImageSetSelector } from './selector.ts'
import type { SelectorList } from './selector-list.ts'

/**
 * Selects the studies of a list with one search each. Studies whose UIDs AHI's search refuses share a search through
 * the data store.
 */
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

/** The most studies to look for in one search through the data store. */
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

/** The list and options needed to select a study. */
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
 * Selects the image sets of a study. Image sets of the study that the list also names by id are selected here too, so
 * that all come in one order.
 */
export function* selectStudy(
  studyInstanceUid: string,
  found: readonly ImageSetSummary[],
  { list, options: { nonPrimary = 'exclude', filters = [] } }: StudyParts,
): Generator<Selection, void, undefined> {
  const group = createSelectorGroup(list.selectorsOf(studyInstanceUid))
  const named: SelectorGroup[] = []
  for (const summary of found.toSorted(byPrecedence)) {
    const { seriesInstanceUid } = summary
    const groups = group.mayHold(seriesInstanceUid) && isUsable(summary, nonPrimary) ? [group] : []
    if (groups.length === 0) group.leaveOut(seriesInstanceUid)
    const taken = groups.length > 0 || nonPrimary !== 'only' ? takeNamed(list, summary) : []
    const ofImageSet = taken.map((selector) => createSelectorGroup([selector]))
    groups.push(...ofImageSet)
    named.push(...ofImageSet)
    const isVersionNamed = taken.some(({ versionId }) => versionId !== undefined)
    if (groups.length > 0) yield* selectSummary(summary, { groups, filters, isVersionNamed })
  }
  for (const finished of [group, ...named]) yield { kind: 'finished-group', group: finished }
}

/** Removes the selectors of an image set from the list, with or without its latest version, and returns them. */
function takeNamed(list: SelectorList, { imageSetId, versionId }: ImageSetSelector): readonly ImageSetSelector[] {
  const latest = versionId === undefined ? [] : [{ imageSetId, versionId }]
  return [{ imageSetId }, ...latest].filter((selector) => list.take(selector))
}

/** Returns true if `nonPrimary` selects an image set. */
function isUsable(summary: Pick<ImageSetSummary, 'isPrimary'>, nonPrimary: NonPrimary): boolean {
  return nonPrimary === 'include' || isPrimary(summary) === (nonPrimary === 'exclude')
}
