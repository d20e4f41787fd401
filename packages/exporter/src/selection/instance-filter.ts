import type { ImageSetFilters, ImageSetSummary } from '@ahi-dicom/ahi-client'
import type { ImageSetInstance } from '@ahi-dicom/ahi-metadata'

/** Decides which instances of a selection are wanted. It is asked in three places, the cheapest first. */
export interface InstanceFilter {
  /** A text that is the same for the same filter, such as `Modality=CT,MR`. Records and plans show it. */
  readonly name: string
  /** What AHI's search can do of it. The search must find every image set that has matching instances. */
  readonly search?: ImageSetFilters | undefined
  /**
   * Decides for all instances of an image set by what a search told of it. Undefined: only the document can tell. Members of
   * the summary are undefined where no search was made.
   */
  matchesSummary?(summary: ImageSetSummary): boolean | undefined
  /** Returns whether an instance matches, by the attributes of patient, study, series and instance in the document. */
  matches(entry: ImageSetInstance): boolean
}

/**
 * Returns the filters that only the document of an image set can decide, or undefined if its summary shows that no instance
 * matches.
 */
export function undecidedFilters(
  filters: readonly InstanceFilter[],
  summary: ImageSetSummary,
): readonly InstanceFilter[] | undefined {
  const undecided: InstanceFilter[] = []
  for (const filter of filters) {
    const decision = filter.matchesSummary?.(summary)
    if (decision === false) return undefined
    if (decision === undefined) undecided.push(filter)
  }
  return undecided
}
