import type { ImageSetFilters, ImageSetSummary } from '@ahi-dicom/ahi-client'
import { isPrimary, type ExporterClient } from './client.ts'
import { combineSearch } from './combine-search.ts'
import { inPrecedence } from './image-set-order.ts'
import { selectSummary } from './select-summary.ts'
import type { Selection } from './selection.ts'
import type { SelectionOptions } from './selection-options.ts'

/** Selects image sets from the whole data store: primary ones first, then the others by a second search. */
export async function* selectAll(
  client: ExporterClient,
  { datastoreId, nonPrimary = 'exclude', filters = [], signal }: SelectionOptions,
): AsyncGenerator<Selection, void, undefined> {
  const { filters: search } = combineSearch(filters)
  let others = 0

  function find(wanted: ImageSetFilters): AsyncIterable<ImageSetSummary> {
    return inPrecedence(client.searchImageSets({ datastoreId, ...withFilters(wanted), signal }))
  }

  try {
    if (nonPrimary !== 'only') {
      for await (const summary of find(search)) {
        if (isPrimary(summary)) yield* selectSummary(summary, { groups: [], filters })
        else others += 1
      }
      if (nonPrimary === 'exclude' || others === 0) return
    }
    for await (const summary of find(nonPrimarySearch(search))) {
      if (!isPrimary(summary)) yield* selectSummary(summary, { groups: [], filters })
    }
  } catch (error) {
    signal?.throwIfAborted()
    yield { kind: 'failed-search', selector: undefined, error }
  }
}

/**
 * Returns the search for image sets that are not primary. AHI takes one equality, so `isPrimary` is searched for only
 * if there is no other.
 */
export function nonPrimarySearch(search: ImageSetFilters): ImageSetFilters {
  const { createdAt: _, updatedAt: __, studyDateTime: ___, ...equality } = search
  return Object.keys(equality).length === 0 ? { ...search, isPrimary: false } : search
}

function withFilters(filters: ImageSetFilters): { readonly filters?: ImageSetFilters } {
  return Object.keys(filters).length === 0 ? {} : { filters }
}
