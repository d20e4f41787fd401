import type { ImageSetSummary } from '@ahi-dicom/ahi-client'
import { undecidedFilters } from './instance-filter.ts'
import type { SelectedImageSet } from './selection.ts'

/** Yields the image set, or nothing if its summary shows that the filters leave all of it out. */
export function* selectSummary(
  summary: ImageSetSummary,
  {
    groups,
    filters,
    isVersionNamed = false,
  }: Pick<SelectedImageSet, 'groups' | 'filters'> & { readonly isVersionNamed?: boolean },
): Generator<SelectedImageSet, void, undefined> {
  const { imageSetId, seriesInstanceUid } = summary
  const undecided = undecidedFilters(filters, summary)
  if (undecided !== undefined)
    yield { kind: 'image-set', imageSetId, summary, isVersionNamed, groups, filters: undecided }
  else for (const group of groups) group.assumeMet(seriesInstanceUid)
}
