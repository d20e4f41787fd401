/**
 * The form of AE titles.
 * @module
 */
/**
 * Returns true if a text is an AE title: 1 to 16 characters without control characters and backslash (PS3.5 6.2, PS3.8
 * 9.3.2).
 *
 * @example
 * import { isAeTitle } from '@ahi-dicom/exporter-dimse/ae-title'
 *
 * console.log(isAeTitle('ARCHIVE'), isAeTitle('a title of seventeen')) // true false
 */
export function isAeTitle(text: string): boolean {
  return /^[ -[\]-~]{1,16}$/.test(text) && text.trim() !== ''
}
