import { parseDecimal, type DicomAttributes } from '@ahi-dicom/dicom-standard'
import { pictureNotice, type OnPictureNotice } from './picture-notice.ts'

/** Reads numbers from attributes, and reports those that are invalid. */
export interface NumberReader {
  /** Returns the first value, or undefined if it is missing or not a number. */
  number(attributes: DicomAttributes, keyword: string): number | undefined
  /** Returns all values in order. Values that are empty or not a number become NaN. */
  numbers(attributes: DicomAttributes, keyword: string): readonly number[]
  /** Returns true if an attribute has a first value that is not a number. */
  isBroken(attributes: DicomAttributes, keyword: string): boolean
  /** Reports that a picture does not use an attribute unchanged. */
  note(keyword: string, what: string): void
}

/** Returns a {@link NumberReader}. It reports each problem once. */
export function createNumberReader(onNotice: OnPictureNotice): NumberReader {
  const reported = new Set<string>()

  function note(keyword: string, what: string): void {
    const text = `${keyword} ${what}`
    if (reported.has(text)) return
    reported.add(text)
    onNotice(pictureNotice(keyword, what))
  }

  function numbers(attributes: DicomAttributes, keyword: string): readonly number[] {
    const texts = textsOf(attributes, keyword)
    return texts.every((text) => text.trim() === '') ? [] : texts.map((text) => numberOf(keyword, text))
  }

  function numberOf(keyword: string, text: string): number {
    const number = parseDecimal(text)
    if (number !== undefined || text.trim() === '') return number ?? Number.NaN
    const corrected = withDecimalPoint(text)
    note(keyword, corrected === undefined ? 'is not a number and is ignored' : 'has a decimal comma, read as a point')
    return corrected ?? Number.NaN
  }

  return {
    numbers,
    number(attributes, keyword) {
      const [first = Number.NaN] = numbers(attributes, keyword)
      return Number.isNaN(first) ? undefined : first
    },
    isBroken(attributes, keyword) {
      const [first = ''] = textsOf(attributes, keyword)
      return first.trim() !== '' && Number.isNaN(numberOf(keyword, first))
    },
    note,
  }
}

/** Returns the values of an attribute as text. Bytes whose type is unknown become a text that is not a number. */
function textsOf(attributes: DicomAttributes, keyword: string): readonly string[] {
  const texts = attributes.strings(keyword)
  return texts.length === 0 && (attributes.bytes(keyword)?.byteLength ?? 0) > 0 ? ['bytes'] : texts
}

/**
 * Returns a number whose decimal comma is read as a point. DICOM has no thousands separators, so the comma is
 * unambiguous.
 */
function withDecimalPoint(text: string): number | undefined {
  return /^[^,.]*,[^,.]*$/.test(text) ? parseDecimal(text.replace(',', '.')) : undefined
}
