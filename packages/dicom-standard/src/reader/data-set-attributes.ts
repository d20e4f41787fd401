import type { DicomAttributes } from '../attributes.ts'
import { textDecoding, type TextDecoding } from '../character-sets.ts'
import { parseDecimal } from '../decimal.ts'
import { lookUpKeyword, lookUpTag } from '../dictionary.ts'
import { formatTag, parseTag, tags } from '../tags.ts'
import { valueRepresentation } from '../value-representation.ts'
import type { DataElement, DataSet } from './data-element.ts'
import { elementValues, isBinary, plainText } from './element-values.ts'

/**
 * Returns the attributes of a data set. An item without a character set inherits the one of the enclosing data set.
 * Values that were left in the file count as empty.
 *
 * @example
 * import { readFile } from 'node:fs/promises'
 * import { dataSetAttributes, readPart10 } from '@ahi-dicom/dicom-standard/reader'
 *
 * const attributes = dataSetAttributes(readPart10(await readFile('CT0001.dcm')).dataSet)
 * console.log(attributes.strings('Modality'), attributes.numbers('Rows')) // [ 'CT' ] [ 512 ]
 */
export function dataSetAttributes(dataSet: DataSet, outer: TextDecoding = textDecoding([])): DicomAttributes {
  const characterSet = dataSet.get(tags.specificCharacterSet)
  const decoding = characterSet === undefined ? outer : textDecoding(plainText(characterSet).split('\\'))
  const find = (keyword: string): DataElement | undefined =>
    dataSet.get(lookUpKeyword(keyword)?.tag ?? parseTag(keyword) ?? -1)
  const strings = (keyword: string): readonly string[] => textsOf(find(keyword), decoding)
  const numbers = (keyword: string): readonly number[] => numbersOf(find(keyword), decoding)
  return {
    string: (keyword) => strings(keyword)[0],
    strings,
    number: (keyword) => {
      const [first] = numbers(keyword)
      return first === undefined || Number.isNaN(first) ? undefined : first
    },
    numbers,
    bytes: (keyword) => bytesOf(find(keyword), decoding),
    items: (keyword) => (find(keyword)?.items ?? []).map((item) => dataSetAttributes(item, decoding)),
    has: (keyword) => find(keyword) !== undefined,
    keywords: () => Array.from(dataSet.keys(), keywordOf),
  }
}

/** Returns the keyword of a tag, or `GGGGEEEE`. In repeating groups only the first group has the keyword. */
function keywordOf(tag: number): string {
  const keyword = lookUpTag(tag)?.keyword ?? ''
  return keyword !== '' && lookUpKeyword(keyword)?.tag === tag ? keyword : formatTag(tag)
}

function textsOf(element: DataElement | undefined, decoding: TextDecoding): readonly string[] {
  if (element === undefined || element.items !== undefined || isBinary(element.vr)) return []
  const values = elementValues(element, element.vr, decoding) ?? []
  return values.map((value) => String(value).replace(/[\0 ]+$/u, ''))
}

/** Returns the values as numbers at their positions. A value that is empty or not a number is NaN. */
function numbersOf(element: DataElement | undefined, decoding: TextDecoding): readonly number[] {
  const texts = textsOf(element, decoding)
  if (element === undefined || texts.every((text) => text.trim() === '')) return []
  const parse = valueRepresentation(element.vr)?.kind === 'text' ? parseDecimal : Number
  return texts.map((text) => parse(text) ?? Number.NaN)
}

function bytesOf(element: DataElement | undefined, decoding: TextDecoding): Uint8Array | undefined {
  if (element === undefined || !isBinary(element.vr)) return undefined
  const [bytes] = elementValues(element, element.vr, decoding) ?? []
  return bytes instanceof Uint8Array ? bytes : undefined
}
