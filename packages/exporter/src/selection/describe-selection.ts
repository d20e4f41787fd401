import type { ImageSetFilters } from '@ahi-dicom/ahi-client'
import { combineSearch } from './combine-search.ts'
import type { InstanceFilter } from './instance-filter.ts'
import { nonPrimarySearch } from './select-all.ts'
import type { SelectionOptions } from './selection-options.ts'

/** The earliest step that decides a filter. */
export interface FilterDescription {
  readonly name: string
  /**
   * `search`: AHI's search leaves out image sets that do not match. `summary`: the image set's summary in the search
   * result decides, before its document is read. `document`: the document of every image set is read.
   */
  readonly decidedBy: 'search' | 'summary' | 'document'
}

/** The search and the filters of a selection. */
export interface SelectionDescription {
  /**
   * The filters of the search through the data store. Undefined if the selectors name studies and image sets. A study
   * is searched by its UID.
   */
  readonly search: ImageSetFilters | undefined
  readonly filters: readonly FilterDescription[]
}

/**
 * Returns which filters AHI's search applies, which its summaries decide, and which need the documents. Sends no
 * request.
 *
 * @example
 * import { describeSelection, parseFilter } from '@ahi-dicom/exporter'
 *
 * console.log(describeSelection({ selectors: 'all', filters: [parseFilter('Modality=CT')] }))
 */
export function describeSelection(
  options: Pick<SelectionOptions, 'selectors' | 'filters' | 'nonPrimary'>,
): SelectionDescription {
  const { selectors, filters = [], nonPrimary } = options
  if (selectors !== 'all') return { search: undefined, filters: filters.map((filter) => describe(filter, new Set())) }
  const { filters: search, applied } = combineSearch(filters)
  return {
    search: nonPrimary === 'only' ? nonPrimarySearch(search) : search,
    filters: filters.map((filter) => describe(filter, applied)),
  }
}

function describe(filter: InstanceFilter, applied: ReadonlySet<InstanceFilter>): FilterDescription {
  const { name } = filter
  if (applied.has(filter)) return { name, decidedBy: 'search' }
  return { name, decidedBy: filter.matchesSummary === undefined ? 'document' : 'summary' }
}
