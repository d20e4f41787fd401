import type { ImageSetSummary } from '@ahi-dicom/ahi-client'
import type { SelectorError } from '../errors.ts'
import type { InstanceFilter } from './instance-filter.ts'
import type { SelectorGroup } from './selector-group.ts'
import type { ImageSetSelector, Selector } from './selector.ts'

/** One image set that a job shall read, and which of its instances are wanted. */
export interface SelectedImageSet {
  readonly kind: 'image-set'
  readonly imageSetId: string
  /** What AHI told of it. Members about patient, study and series are undefined if its id was named. */
  readonly summary: ImageSetSummary
  /** Whether a selector asks for this version, so that it may not be the latest. */
  readonly isVersionNamed: boolean
  /** The selectors that it answers. Empty: all instances are wanted. */
  readonly groups: readonly SelectorGroup[]
  /** Filters that only the document can decide. */
  readonly filters: readonly InstanceFilter[]
}

/** An image set that is named by its id, and of which AHI does not tell the version. */
export interface UnsettledImageSet {
  readonly kind: 'unsettled'
  readonly selector: ImageSetSelector
  readonly error: unknown
}

/** A search that failed: that of a selector, of several selectors of a study, or of the whole data store. */
export interface FailedSearch {
  readonly kind: 'failed-search'
  readonly selector: Selector | undefined
  readonly error: unknown
}

/** A text that is no selector. */
export interface MalformedSelector {
  readonly kind: 'malformed-selector'
  readonly error: SelectorError
}

/** All image sets of a group of selectors have been yielded. */
interface FinishedGroup {
  readonly kind: 'finished-group'
  readonly group: SelectorGroup
}

/** What comes of selectors. */
export type Selection = SelectedImageSet | UnsettledImageSet | FailedSearch | MalformedSelector | FinishedGroup
