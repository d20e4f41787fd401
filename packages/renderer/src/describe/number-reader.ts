import { parseDecimal, type DicomAttributes } from '@ahi-dicom/dicom-standard'
import { pictureNotice, type OnPictureNotice } from './picture-notice.ts'

/** Reads numbers from attributes, and tells of those that are none. */
export interface NumberReader {
  /** Returns the first value; undefined if there is none, or if it is not a number. */
  number(attributes: DicomAttributes, keyword: string): number | undefined
  /** Returns all values in their places. Those that are empty or not a number are NaN. */
  numbers(attributes: DicomAttributes, keyword: string): readonly number[]
  /** True if an attribute has a first value that is not a number. */
  isBroken(attributes: DicomAttributes, keyword: string): boolean
  /** Tells that a picture does not use an attribute as it is. */
  note(keyword: string, what: string): void
}

/** Makes a {@link NumberReader}. It tells the same thing once. */
export function createNumberReader(onNotice: OnPictureNotice): NumberReader {
  const told = new Set<string>()

  function note(keyword: string, what: string): void {
    const text = `${keyword} ${what}`
    if (told.has(text)) return
    told.add(text)
    onNotice(pictureNotice(keyword, what))
  }

  function numbers(attributes: DicomAttributes, keyword: string): readonly number[] {
    const texts = textsOf(attributes, keyword)
    return texts.every((text) => text.trim() === '') ? [] : texts.map((text) => numberOf(keyword, text))
  }

  function numberOf(keyword: string, text: string): number {
    const number = parseDecimal(text)
    if (number !== undefined || text.trim() === '') return number ?? Number.NaN
    const mended = withDecimalPoint(text)
    note(keyword, mended === undefined ? 'is not a number and is ignored' : 'has a decimal comma, read as a point')
    return mended ?? Number.NaN
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

/** The values of an attribute as text. Bytes are numbers of no known kind: they become one text that is not a number. */
function textsOf(attributes: DicomAttributes, keyword: string): readonly string[] {
  const texts = attributes.strings(keyword)
  return texts.length === 0 && (attributes.bytes(keyword)?.byteLength ?? 0) > 0 ? ['bytes'] : texts
}

/** Reads a comma as a point. DICOM has no other use for a comma in a number, so it cannot group thousands. */
function withDecimalPoint(text: string): number | undefined {
  return /^[^,.]*,[^,.]*$/.test(text) ? parseDecimal(text.replace(',', '.')) : undefined
}
