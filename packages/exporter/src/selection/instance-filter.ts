import type { ImageSetFilters, ImageSetSummary } from '@ahi-dicom/ahi-client'
import type { ImageSetInstance } from '@ahi-dicom/ahi-metadata'

/** Decides which instances of a selection are wanted. A filter is applied in up to three steps, the cheapest first. */
export interface InstanceFilter {
  /** A text that identifies the filter, such as `Modality=CT,MR`. It is shown in records and plans. */
  readonly name: string
  /** Search filters for AHI. They must find every image set that has matching instances. */
  readonly search?: ImageSetFilters | undefined
  /**
   * Decides for all instances of an image set by its summary. Returns undefined if only the document can decide. If no
   * search was made, members of the summary are undefined.
   */
  matchesSummary?(summary: ImageSetSummary): boolean | undefined
  /** Returns true if an instance matches, by its attributes of patient, study, series and instance in the document. */
  matches(entry: ImageSetInstance): boolean
}

/**
 * Returns the filters that need the document of an image set, or undefined if its summary shows that no instance
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
