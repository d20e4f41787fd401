import type { ImageSetSummary } from '@ahi-dicom/ahi-client'
import { undecidedFilters } from './instance-filter.ts'
import type { SelectedImageSet } from './selection.ts'

/** Yields the image set, unless its summary shows that the filters leave out all its instances. */
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

/** Returns the summary of an image set that no search found. All members not given are undefined. */
export function bareSummary(
  told: Pick<ImageSetSummary, 'datastoreId' | 'imageSetId' | 'versionId'> & Partial<ImageSetSummary>,
): ImageSetSummary {
  return {
    isPrimary: true,
    createdAt: undefined,
    updatedAt: undefined,
    storageTier: undefined,
    lastAccessedAt: undefined,
    patientId: undefined,
    patientName: undefined,
    patientBirthDate: undefined,
    patientSex: undefined,
    studyInstanceUid: undefined,
    studyId: undefined,
    studyDescription: undefined,
    studyDate: undefined,
    studyTime: undefined,
    accessionNumber: undefined,
    numberOfStudyRelatedSeries: undefined,
    numberOfStudyRelatedInstances: undefined,
    seriesInstanceUid: undefined,
    seriesModality: undefined,
    seriesBodyPart: undefined,
    seriesNumber: undefined,
    ...told,
  }
}
