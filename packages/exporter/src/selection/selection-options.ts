import type { InstanceFilter } from './instance-filter.ts'
import type { Selectors } from './selector.ts'

/** How to treat image sets that are not primary. */
export type NonPrimary = 'exclude' | 'include' | 'only'

/** A data store and the instances to select from it. */
export interface SelectionOptions {
  readonly datastoreId: string
  /** The selectors, or `all` for every image set of the data store. */
  readonly selectors: Selectors | 'all'
  /** Select only instances that match all of these filters. Default: no filters. */
  readonly filters?: readonly InstanceFilter[] | undefined
  /**
   * How to treat image sets that are not primary: older copies, and instances in conflict with the primary image set.
   * `only` selects nothing else. `exclude` still selects an image set named by its id. Default `exclude`.
   */
  readonly nonPrimary?: NonPrimary | undefined
  readonly signal?: AbortSignal | undefined
}
