import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'
import type { SearchAttributes } from '../store/image-sets.ts'

/** The largest number that the model has for a SeriesNumber. */
const LARGEST_INTEGER = 2 ** 31 - 1

/** What searches show of an image set: attributes of its Patient, Study and Series level. */
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
  return Math.abs(number) <= LARGEST_INTEGER ? number : undefined
}
