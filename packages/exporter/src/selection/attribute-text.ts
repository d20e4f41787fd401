import type { AttributeMap } from '@ahi-dicom/ahi-metadata'

/** Returns the text of an attribute without padding, or undefined if it is absent or empty. */
export function attributeText(attributes: AttributeMap, keyword: string): string | undefined {
  const value = attributes[keyword]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** Returns the whole number at the start of an attribute's text, or undefined. */
export function attributeNumber(attributes: AttributeMap, keyword: string): number | undefined {
  const number = Number.parseInt(attributeText(attributes, keyword) ?? '', 10)
  return Number.isNaN(number) ? undefined : number
}
