import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'

/** The elements that instances of one image set agree in (developer guide, "understanding image sets", since 2025-01). */
const groupingKeywords = [
  'StudyDate',
  'AccessionNumber',
  'PatientID',
  'StudyInstanceUID',
  'StudyID',
  'SeriesInstanceUID',
  'SeriesNumber',
] as const

/** The grouping elements of an instance as one text: equal texts belong to one image set. */
export function groupingKey(attributes: AttributeMap): string {
  return JSON.stringify(groupingKeywords.map((keyword) => normalized(attributes[keyword])))
}

/** An absent element groups as an empty one, and padding does not tell numbers apart. */
function normalized(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value.trim() : ''
}
