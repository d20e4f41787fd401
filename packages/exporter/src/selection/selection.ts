import type { ImageSetSummary } from '@ahi-dicom/ahi-client'
import type { SelectorError } from '../errors.ts'
import type { InstanceFilter } from './instance-filter.ts'
import type { SelectorGroup } from './selector-group.ts'
import type { ImageSetSelector, Selector } from './selector.ts'

/** An image set to read, and the selectors and filters for its instances. */
export interface SelectedImageSet {
  readonly kind: 'image-set'
  readonly imageSetId: string
  /**
   * The image set's summary from AHI. Members about patient, study and series are undefined if it was named by its id.
   */
  readonly summary: ImageSetSummary
  /** True if a selector names this version. It may then not be the latest. */
  readonly isVersionNamed: boolean
  /** The selectors that match the image set. Empty: all instances are wanted. */
  readonly groups: readonly SelectorGroup[]
  /** Filters that only the document can decide. */
  readonly filters: readonly InstanceFilter[]
}

/** An image set named by its id whose version could not be requested. */
export interface UnsettledImageSet {
  readonly kind: 'unsettled'
  readonly selector: ImageSetSelector
  readonly error: unknown
}

/** A failed search: for one selector, for several selectors of a study, or for the whole data store. */
export interface FailedSearch {
  readonly kind: 'failed-search'
  readonly selector: Selector | undefined
  readonly error: unknown
}

/** A text that is not a selector. */
export interface MalformedSelector {
  readonly kind: 'malformed-selector'
  readonly error: SelectorError
}

/** Yielded after all image sets of a group of selectors. */
interface FinishedGroup {
  readonly kind: 'finished-group'
  readonly group: SelectorGroup
}

/** A result of reading selectors. */
export type Selection = SelectedImageSet | UnsettledImageSet | FailedSearch | MalformedSelector | FinishedGroup
