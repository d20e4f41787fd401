import { stringifyJson, type JsonValue } from '@ahi-dicom/ahi-metadata'

/**
 * Returns the value of a cell as text. Several values are joined by backslashes, as in DICOM. Items of sequences are
 * written as JSON. An empty value is an empty text.
 *
 * @example
 * import { cellText } from '@ahi-dicom/exporter'
 *
 * console.log(cellText(['ORIGINAL', 'PRIMARY'])) // ORIGINAL\PRIMARY
 */
export function cellText(value: JsonValue): string {
  if (value === null) return ''
  if (typeof value !== 'object') return String(value)
  if (!Array.isArray(value) || value.some((one) => typeof one === 'object' && one !== null)) return stringifyJson(value)
  return value.map(cellText).join('\\')
}
