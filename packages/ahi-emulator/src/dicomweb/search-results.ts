import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { dicomJson, type DicomJsonDataSet } from '@ahi-dicom/dicomizer'
import type { ImageSet } from '../store/image-sets.ts'
import { selectAttributes, onlyRequested, type IncludedFields } from './included-fields.ts'

/** The parts of a search result. */
export interface SearchResult {
  /** Attributes that every result has. */
  readonly attributes: AttributeMap
  /** Attributes from the metadata document, by level. The first level takes precedence. */
  readonly levels: readonly AttributeMap[]
  readonly vrs: Readonly<Record<string, string>>
}

/** Returns the attributes of every result for a study. `sets` are all its primary image sets. */
export function studyAttributes(sets: readonly ImageSet[]): AttributeMap {
  const newest = sets.reduce((a, b) => (b.updatedAt > a.updatedAt ? b : a))
  const modalities = new Set(sets.flatMap(({ modality }) => modality ?? []))
  return {
    StudyDate: newest.studyDate ?? null,
    StudyTime: newest.studyTime ?? null,
    AccessionNumber: newest.accessionNumber ?? null,
    InstanceAvailability: 'ONLINE',
    ModalitiesInStudy: [...modalities].sort(),
    ReferringPhysicianName: newest.referringPhysicianName ?? null,
    StudyDescription: newest.studyDescription ?? null,
    PatientName: newest.patientName ?? null,
    PatientID: newest.patientId ?? null,
    PatientBirthDate: newest.patientBirthDate ?? null,
    PatientSex: newest.patientSex ?? null,
    StudyInstanceUID: newest.studyInstanceUid,
    StudyID: newest.studyId ?? null,
    NumberOfStudyRelatedSeries: String(new Set(sets.map(({ seriesInstanceUid }) => seriesInstanceUid)).size),
    NumberOfStudyRelatedInstances: String(sets.reduce((sum, { instanceCount }) => sum + instanceCount, 0)),
  }
}

/** Returns the attributes of every result for a series. */
export function seriesAttributes(imageSet: ImageSet): AttributeMap {
  const { seriesNumber } = imageSet
  return {
    Modality: imageSet.modality ?? null,
    SeriesDescription: imageSet.seriesDescription ?? null,
    StudyInstanceUID: imageSet.studyInstanceUid,
    SeriesInstanceUID: imageSet.seriesInstanceUid,
    SeriesNumber: seriesNumber === undefined ? null : String(seriesNumber),
    NumberOfSeriesRelatedInstances: String(imageSet.instanceCount),
  }
}

/** Returns true if a search requests fields that only documents contain. */
export function needsDocument({ all, paths }: IncludedFields): boolean {
  return all || paths.length > 0
}

/**
 * Returns a result in the DICOM JSON Model: the attributes that every result has, and the requested ones of the levels.
 */
export function resultJson(
  { attributes, levels, vrs }: SearchResult,
  fields: IncludedFields,
  identity: { readonly datastoreId: string; readonly imageSetId: string; readonly sopInstanceUid: string },
): DicomJsonDataSet {
  const selected = levels.map((level) => selectAttributes(level, fields))
  const included = onlyRequested(dicomJson(selected, { vrs, identity }), fields)
  const own = dicomJson([attributes], { vrs: {}, identity })
  return Object.fromEntries(Object.entries({ ...included, ...own }).sort(([a], [b]) => (a < b ? -1 : 1)))
}
