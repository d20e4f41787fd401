import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'

/**
 * Attributes that must be equal in all instances of an image set (developer guide, "Understanding image sets", since
 * 2025-01).
 */
const groupingKeywords = [
  'StudyDate',
  'AccessionNumber',
  'PatientID',
  'StudyInstanceUID',
  'StudyID',
  'SeriesInstanceUID',
  'SeriesNumber',
] as const

/** Returns the grouping attributes of an instance as one text. Instances with equal texts belong to one image set. */
export function groupingKey(attributes: AttributeMap): string {
  return JSON.stringify(groupingKeywords.map((keyword) => normalized(attributes[keyword])))
}

/** Trims padding. An absent attribute counts as empty. */
function normalized(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value.trim() : ''
}
