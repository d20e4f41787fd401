import type { ImageSetSummary } from '@ahi-dicom/ahi-client'
import { isPrimary, searchStudy, type ExporterClient } from './client.ts'
import { undecidedFilters, type InstanceFilter } from './instance-filter.ts'
import type { ImageSetSelector, Selector, Selectors, StudySelector } from './selector.ts'

/** One image set that a job shall read, and which of its instances are wanted. */
export interface SelectedImageSet {
  readonly kind: 'image-set'
  readonly imageSetId: string
  /** The version that the search told or the selector asks for; `undefined` means the latest. */
  readonly versionId: string | undefined
  /** True where nothing says otherwise. */
  readonly isPrimary: boolean
  /** Without UIDs: all instances. */
  readonly wanted: Partial<StudySelector>
  readonly selector: Selector | undefined
  /** Filters that only the document can decide. */
  readonly filters: readonly InstanceFilter[]
}

/** A search that failed: that of a selector, or that of the whole data store. */
export interface FailedSearch {
  readonly kind: 'failed-search'
  readonly selector: StudySelector | undefined
  readonly error: unknown
}

/** A selector that leads to no image set. */
export interface UnmetSelector {
  readonly kind: 'unmet-selector'
  readonly selector: Selector
  /** Image sets that were found and left out by `nonPrimary`. */
  readonly leftOut: number
  readonly nonPrimary: NonPrimary
}

/** What comes of selectors. */
export type Selection = SelectedImageSet | FailedSearch | UnmetSelector

/** Where to select, and what counts. */
export interface SelectionOptions {
  readonly datastoreId: string
  /** `all`: every image set of the data store. */
  readonly selectors: Selectors | 'all'
  /** Which instances are wanted of what the selectors name: those that match all filters. Default: all. */
  readonly filters?: readonly InstanceFilter[] | undefined
  /**
   * What to do with image sets that are not primary: older copies, and instances in conflict with the primary set. `only`
   * selects them alone. An image set that a selector names by its id is selected all the same, unless `only` leaves it out.
   * Default `exclude`.
   */
  readonly nonPrimary?: NonPrimary | undefined
  readonly signal?: AbortSignal | undefined
}

/** What to do with image sets that are not primary. */
export type NonPrimary = 'exclude' | 'include' | 'only'

/**
 * Turns selectors into image sets, one after the other as they are asked for. A failed search ends its selector only,
 * and is yielded.
 */
export async function* selectImageSets(
  client: ExporterClient,
  options: SelectionOptions,
): AsyncGenerator<Selection, void, undefined> {
  if (options.selectors === 'all') {
    yield* selectAll(client, options)
    return
  }
  const search = rememberLastSearch(client, options)
  for await (const selector of options.selectors) {
    if ('imageSetId' in selector) yield selectImageSet(selector, selector, options)
    else yield* selectStudy(selector, search, options)
  }
}

/** Filters of an image set that is named decide once AHI has told its version. */
function selectImageSet(
  { imageSetId, versionId }: ImageSetSelector,
  selector: Selector,
  { filters = [] }: SelectionOptions,
): SelectedImageSet {
  return { kind: 'image-set', imageSetId, versionId, isPrimary: true, wanted: {}, selector, filters }
}

/** Primary image sets come first, so that their instances win over duplicates; the others are searched for again. */
async function* selectAll(
  client: ExporterClient,
  { datastoreId, nonPrimary = 'exclude', filters = [], signal }: SelectionOptions,
): AsyncGenerator<Selection, void, undefined> {
  let others = 0
  try {
    if (nonPrimary !== 'only') {
      for await (const summary of client.searchImageSets({ datastoreId, signal })) {
        if (isPrimary(summary)) yield* fromSummary(summary, { wanted: {}, selector: undefined, filters })
        else others += 1
      }
      if (nonPrimary === 'exclude' || others === 0) return
    }
    for await (const summary of client.searchImageSets({ datastoreId, filters: { isPrimary: false }, signal })) {
      if (!isPrimary(summary)) yield* fromSummary(summary, { wanted: {}, selector: undefined, filters })
    }
  } catch (error) {
    signal?.throwIfAborted()
    yield { kind: 'failed-search', selector: undefined, error }
  }
}

async function* selectStudy(
  selector: StudySelector,
  search: (studyInstanceUid: string) => Promise<ImageSetSummary[]>,
  { nonPrimary = 'exclude', filters = [], signal }: SelectionOptions,
): AsyncGenerator<Selection, void, undefined> {
  let found: ImageSetSummary[]
  try {
    found = await search(selector.studyInstanceUid)
  } catch (error) {
    signal?.throwIfAborted()
    yield { kind: 'failed-search', selector, error }
    return
  }
  const ofSeries = found.filter((summary) => mayHold(summary, selector))
  const usable = ofSeries.filter((summary) => isUsable(summary, nonPrimary))
  for (const summary of usable) yield* fromSummary(summary, { wanted: selector, selector, filters })
  if (usable.length === 0) yield { kind: 'unmet-selector', selector, leftOut: ofSeries.length, nonPrimary }
}

/** The series in the summary is the image set's only one in practice; the metadata has the last word. */
function mayHold(summary: ImageSetSummary, { seriesInstanceUid }: StudySelector): boolean {
  const held = summary.seriesInstanceUid
  return seriesInstanceUid === undefined || held === undefined || held === seriesInstanceUid
}

/** Returns whether an image set is selected by `nonPrimary`. */
export function isUsable(summary: Pick<ImageSetSummary, 'isPrimary'>, nonPrimary: NonPrimary): boolean {
  if (nonPrimary === 'include') return true
  return isPrimary(summary) === (nonPrimary === 'exclude')
}

/** Gives the image set, or nothing if its summary shows that the filters leave all of it out. */
function* fromSummary(
  summary: ImageSetSummary,
  { wanted, selector, filters }: Pick<SelectedImageSet, 'wanted' | 'selector' | 'filters'>,
): Generator<SelectedImageSet, void, undefined> {
  const { imageSetId, versionId } = summary
  const undecided = undecidedFilters(filters, summary)
  if (undecided === undefined) return
  yield {
    kind: 'image-set',
    imageSetId,
    versionId,
    isPrimary: isPrimary(summary),
    wanted,
    selector,
    filters: undecided,
  }
}

/** Lists of selectors name many instances of one study in a row: one search does for them. */
function rememberLastSearch(
  client: ExporterClient,
  { datastoreId, signal }: SelectionOptions,
): (studyInstanceUid: string) => Promise<ImageSetSummary[]> {
  let last: { studyInstanceUid: string; found: ImageSetSummary[] } | undefined
  return async (studyInstanceUid) => {
    if (last?.studyInstanceUid !== studyInstanceUid) {
      last = { studyInstanceUid, found: await searchStudy(client, { datastoreId, studyInstanceUid, signal }) }
    }
    return last.found
  }
}
