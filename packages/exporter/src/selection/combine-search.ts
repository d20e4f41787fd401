import type { ImageSetFilters } from '@ahi-dicom/ahi-client'
import type { InstanceFilter } from './instance-filter.ts'

/** One search, and the filters that it applies. */
export interface CombinedSearch {
  readonly filters: ImageSetFilters
  readonly applied: ReadonlySet<InstanceFilter>
}

/** AHI takes one equality. These are in order of how few image sets they find. */
const equalities = ['seriesInstanceUid', 'studyInstanceUid', 'accessionNumber', 'studyId', 'patientId'] as const

/** AHI takes one range. */
const ranges = ['studyDateTime', 'updatedAt', 'createdAt'] as const

/** Returns the search of a whole data store that applies as many filters as AHI allows: one equality and one range. */
export function combineSearch(filters: readonly InstanceFilter[]): CombinedSearch {
  const applied = new Set<InstanceFilter>()
  const search: { -readonly [Name in keyof ImageSetFilters]: ImageSetFilters[Name] } = {}
  const equality = equalities.find((name) => filters.some((filter) => filter.search?.[name] !== undefined))
  const first = filters.find((filter) => equality !== undefined && filter.search?.[equality] !== undefined)
  if (equality !== undefined && first !== undefined) {
    search[equality] = first.search?.[equality]
    applied.add(first)
  }
  const range = ranges.find((name) => filters.some((filter) => filter.search?.[name] !== undefined))
  for (const filter of filters) {
    if (range === undefined || filter.search?.[range] === undefined) continue
    const both = narrowed(search, filter.search, range)
    if (both === undefined) continue
    Object.assign(search, both)
    applied.add(filter)
  }
  return { filters: search, applied }
}

/** Returns the range that both searches include, or undefined if they do not overlap. */
function narrowed(a: ImageSetFilters, b: ImageSetFilters, name: (typeof ranges)[number]): ImageSetFilters | undefined {
  const from = later(a[name]?.from, b[name]?.from)
  const to = earlier(a[name]?.to, b[name]?.to)
  return from !== undefined && to !== undefined && from > to ? undefined : { [name]: { from, to } }
}

function later<T extends string | Date>(a: T | undefined, b: T | undefined): T | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a
}

function earlier<T extends string | Date>(a: T | undefined, b: T | undefined): T | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a
}
