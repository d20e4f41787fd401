import type { ImageSetSummary } from '@ahi-dicom/ahi-client'
import { isPrimary } from './client.ts'
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
  const { imageSetId, versionId, seriesInstanceUid } = summary
  const undecided = undecidedFilters(filters, summary)
  if (undecided === undefined) {
    for (const group of groups) group.assumeMet(seriesInstanceUid)
    return
  }
  yield {
    kind: 'image-set',
    imageSetId,
    versionId,
    isVersionNamed,
    isPrimary: isPrimary(summary),
    seriesInstanceUid,
    groups,
    filters: undecided,
  }
}
