import type { DicomAttributes } from '@ahi-dicom/dicom-standard'
import { fromBase64 } from '@ahi-dicom/runtime'
import { ByteWriter } from './byte-writer.ts'
import { findElement, type DataElement, type DataSet } from './data-set.ts'
import { lookUpKeyword, lookUpTag } from '@ahi-dicom/dicom-standard/dictionary'
import { floatOf, textOf, writeBinaryValue } from './encode-value.ts'
import { formatTag, parseDecimal, parseTag } from '@ahi-dicom/dicom-standard'
import { valueRepresentation } from '@ahi-dicom/dicom-standard'

/** Returns attributes that are read from a data set. */
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
    // The keyword of a repeating group names only its first group. Elements of other groups are named by their tag.
    yield keyword !== '' && lookUpKeyword(keyword)?.tag === tag ? keyword : formatTag(tag)
  }
}

function stringsOf(element: DataElement | undefined): readonly string[] {
  if (element === undefined || element.items !== undefined || element.value === null) return []
  if (valueRepresentation(element.vr)?.kind === 'binary') return []
  const values = Array.isArray(element.value) ? element.value : [element.value]
  return values.map((value) => textOf(value).replace(/[\0 ]+$/, ''))
}

/** Returns the values as numbers. Empty and invalid values become NaN, so every value keeps its position. */
function numbersOf(element: DataElement | undefined): readonly number[] {
  const texts = stringsOf(element)
  if (element === undefined || texts.every((text) => text.trim() === '')) return []
  const parse = valueRepresentation(element.vr)?.kind === 'text' ? parseDecimal : floatOf
  return texts.map((text) => parse(text) ?? Number.NaN)
}

function bytesOf(element: DataElement | undefined): Uint8Array | undefined {
  const representation = element === undefined ? undefined : valueRepresentation(element.vr)
  if (element === undefined || element.value === null || representation?.kind !== 'binary') return undefined
  if (typeof element.value === 'string') return fromBase64(element.value)
  const writer = new ByteWriter(64)
  writeBinaryValue(writer, representation, element.value)
  return writer.take()
}
