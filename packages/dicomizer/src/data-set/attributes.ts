import { decodeBase64 } from './base64.ts'
import { ByteWriter } from './byte-writer.ts'
import { findElement, type DataElement, type DataSet } from './data-set.ts'
import { lookUpKeyword, lookUpTag } from '../dictionary.ts'
import { textOf, writeBinaryValue } from './encode-value.ts'
import { formatTag, parseTag } from '../tags.ts'
import { valueRepresentation } from '../value-representation.ts'

/** Typed look-up of the attributes of a data set, by keyword of PS3.6 or by `GGGGEEEE`. */
export interface DicomAttributes {
  /** The first value as text, without trailing padding; undefined where there is none. */
  string(keyword: string): string | undefined
  /** All values as text, without trailing padding. */
  strings(keyword: string): readonly string[]
  /** The first value as a number, DS and IS parsed; undefined where there is none or it is no number. */
  number(keyword: string): number | undefined
  /** All values as numbers, DS and IS parsed; what is no number is NaN. */
  numbers(keyword: string): readonly number[]
  /** The value of a binary VR (OB, OW, UN …), little endian. */
  bytes(keyword: string): Uint8Array | undefined
  /** The items of a sequence. */
  items(keyword: string): readonly DicomAttributes[]
  /** Whether the element is there, with a value or without. */
  has(keyword: string): boolean
  /** Keywords in the order of the tags; `GGGGEEEE` for private and unknown elements. */
  keywords(): Iterable<string>
}

/** Wraps a data set. */
export function dicomAttributes(dataSet: DataSet): DicomAttributes {
  const find = (keyword: string): DataElement | undefined => {
    const tag = lookUpKeyword(keyword)?.tag ?? parseTag(keyword)
    return tag === undefined ? undefined : findElement(dataSet, tag)
  }
  const strings = (keyword: string): readonly string[] => stringsOf(find(keyword))
  const numbers = (keyword: string): readonly number[] => numbersOf(find(keyword))
  return {
    string: (keyword) => strings(keyword)[0],
    strings,
    number: (keyword) => {
      const [first] = numbers(keyword)
      return first === undefined || Number.isNaN(first) ? undefined : first
    },
    numbers,
    bytes: (keyword) => bytesOf(find(keyword)),
    items: (keyword) => (find(keyword)?.items ?? []).map(dicomAttributes),
    has: (keyword) => find(keyword) !== undefined,
    keywords: () => keywordsOf(dataSet),
  }
}

function* keywordsOf(dataSet: DataSet): Generator<string> {
  for (const { tag } of dataSet) {
    const keyword = lookUpTag(tag)?.keyword ?? ''
    // A keyword of a repeating group stands for its first group alone.
    yield keyword !== '' && lookUpKeyword(keyword)?.tag === tag ? keyword : formatTag(tag)
  }
}

function stringsOf(element: DataElement | undefined): readonly string[] {
  if (element === undefined || element.items !== undefined || element.value === null) return []
  if (valueRepresentation(element.vr)?.kind === 'binary') return []
  const values = Array.isArray(element.value) ? element.value : [element.value]
  return values.map((value) => textOf(value).replace(/[\0 ]+$/, ''))
}

function numbersOf(element: DataElement | undefined): readonly number[] {
  return stringsOf(element)
    .filter((text) => text.trim() !== '')
    .map(Number)
}

function bytesOf(element: DataElement | undefined): Uint8Array | undefined {
  const representation = element === undefined ? undefined : valueRepresentation(element.vr)
  if (element === undefined || element.value === null || representation?.kind !== 'binary') return undefined
  if (typeof element.value === 'string') return decodeBase64(element.value)
  const writer = new ByteWriter(64)
  writeBinaryValue(writer, representation, element.value)
  return writer.take()
}
