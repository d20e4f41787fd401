import type { InstanceFilter } from './instance-filter.ts'
import type { Selectors } from './selector.ts'

/** What to do with image sets that are not primary. */
export type NonPrimary = 'exclude' | 'include' | 'only'

/** Where to select, and what counts. */
export interface SelectionOptions {
  readonly datastoreId: string
  /** `all`: every image set of the data store. */
  readonly selectors: Selectors | 'all'
  /** Which instances are wanted of what the selectors name: those that match all filters. Default: all. */
  readonly filters?: readonly InstanceFilter[] | undefined
  /**
   * What to do with image sets that are not primary: older copies, and instances in conflict with the primary set. `only`
   * selects them alone. `exclude` still selects an image set that is named by its id. Default `exclude`.
   */
  readonly nonPrimary?: NonPrimary | undefined
  readonly signal?: AbortSignal | undefined
}
