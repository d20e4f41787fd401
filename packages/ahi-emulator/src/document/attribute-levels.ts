import { attributeLevel, type AttributeLevel, type AttributeMap } from '@ahi-dicom/ahi-metadata'
import { formatTag } from '@ahi-dicom/dicom-standard'
import type { EncodedAttribute } from './encode-data-set.ts'

/** Attributes by level of the metadata document. */
export type AttributesByLevel = Readonly<Record<AttributeLevel, AttributeMap>>

/** Sorts attributes into the levels of the metadata document. */
export function attributesByLevel(attributes: readonly EncodedAttribute[]): AttributesByLevel {
  const levels: AttributesByLevel = { Patient: {}, Study: {}, Series: {}, Instance: {} }
  for (const { tag, key, value } of attributes) levels[attributeLevel(formatTag(tag))][key] = value
  return levels
}
