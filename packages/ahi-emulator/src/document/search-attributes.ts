import { imageSetInstances, type AttributeMap, type ImageSetMetadata, type JsonValue } from '@ahi-dicom/ahi-metadata'
import { groupingKey } from './grouping.ts'

/** Attributes that searches filter by and return. */
export interface SearchAttributes {
  readonly patientId: string | undefined
  readonly patientName: string | undefined
  readonly patientBirthDate: string | undefined
  readonly patientBirthTime: string | undefined
  readonly patientSex: string | undefined
  readonly studyInstanceUid: string
  readonly studyId: string | undefined
  readonly studyDescription: string | undefined
  readonly studyDate: string | undefined
  readonly studyTime: string | undefined
  readonly accessionNumber: string | undefined
  readonly referringPhysicianName: string | undefined
  readonly seriesInstanceUid: string
  readonly seriesNumber: number | undefined
  readonly seriesDescription: string | undefined
  readonly modality: string | undefined
  readonly bodyPart: string | undefined
  readonly instanceCount: number
}

/** Largest SeriesNumber that the API's model allows. */
const largestInteger = 2 ** 31 - 1

/** Returns the search attributes and the grouping key of an image set, from its metadata document. */
export function documentAttributes(document: ImageSetMetadata): SearchAttributes & { readonly groupingKey: string } {
  const instances = [...imageSetInstances(document)]
  const { Patient, Study } = document
  const attributes = { ...instances[0]?.series, ...Study.DICOM, ...Patient.DICOM }
  return { ...searchAttributes(attributes, instances.length), groupingKey: groupingKey(attributes) }
}

/** Returns the search attributes of an image set, from its Patient, Study and Series attributes. */
export function searchAttributes(attributes: AttributeMap, instanceCount: number): SearchAttributes {
  return {
    patientId: text(attributes['PatientID']),
    patientName: text(attributes['PatientName']),
    patientBirthDate: text(attributes['PatientBirthDate']),
    patientBirthTime: text(attributes['PatientBirthTime']),
    patientSex: text(attributes['PatientSex']),
    studyInstanceUid: text(attributes['StudyInstanceUID']) ?? '',
    studyId: text(attributes['StudyID']),
    studyDescription: text(attributes['StudyDescription']),
    studyDate: text(attributes['StudyDate']),
    studyTime: text(attributes['StudyTime']),
    accessionNumber: text(attributes['AccessionNumber']),
    referringPhysicianName: text(attributes['ReferringPhysicianName']),
    seriesInstanceUid: text(attributes['SeriesInstanceUID']) ?? '',
    seriesNumber: integer(attributes['SeriesNumber']),
    seriesDescription: text(attributes['SeriesDescription']),
    modality: text(attributes['Modality']),
    bodyPart: text(attributes['BodyPartExamined']),
    instanceCount,
  }
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function integer(value: JsonValue | undefined): number | undefined {
  const digits = text(value)?.trim() ?? ''
  if (!/^[+-]?\d+$/.test(digits)) return undefined
  const number = Number(digits)
  return Math.abs(number) <= largestInteger ? number : undefined
}
