import { formatTag, tags } from '@ahi-dicom/dicom-standard'
import { textDecoding, type TextDecoding } from '@ahi-dicom/dicom-standard/character-sets'
import { lookUpKeyword, lookUpTag } from '@ahi-dicom/dicom-standard/dictionary'
import { elementValues, isBinary, plainText, type DataElement, type DataSet } from '@ahi-dicom/dicom-standard/reader'
import type { ReadableAttributes } from './directory-entry.ts'

/** Returns the attributes of the data set of a file. An item without a character set has that of what it lies in. */
export function fileAttributes(dataSet: DataSet, outer: TextDecoding = textDecoding([])): ReadableAttributes {
  const characterSet = dataSet.get(tags.specificCharacterSet)
  const decoding = characterSet === undefined ? outer : textDecoding(plainText(characterSet).split('\\'))
  const find = (keyword: string): DataElement | undefined => dataSet.get(lookUpKeyword(keyword)?.tag ?? -1)
  return {
    strings: (keyword) => textsOf(find(keyword), decoding),
    has: (keyword) => find(keyword) !== undefined,
    items: (keyword) => (find(keyword)?.items ?? []).map((item) => fileAttributes(item, decoding)),
    keywords: () => Array.from(dataSet.keys(), (tag) => lookUpTag(tag)?.keyword ?? formatTag(tag)),
  }
}

function textsOf(element: DataElement | undefined, decoding: TextDecoding): readonly string[] {
  if (element === undefined || element.items !== undefined || isBinary(element.vr)) return []
  const values = elementValues(element, element.vr, decoding) ?? []
  return values.map((value) => String(value).replace(/[\0 ]+$/u, ''))
}
