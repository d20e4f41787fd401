import type { DicomAttributes } from '@ahi-dicom/dicom-standard'
import { isLittleEndian, swapBytesInPlace } from '@ahi-dicom/runtime'

/** The value of LUT Data, as bytes and as words. */
export interface TableData {
  /** Little endian, as in OW. */
  readonly bytes: Uint8Array
  readonly words: Uint16Array
}

/**
 * Returns the value of LUT Data. US and SS are words, binary VRs are the bytes of words (PS3.5 A.2). Returns undefined
 * if the value is absent or empty, and `broken` if its values do not fit words.
 */
export function tableData(attributes: DicomAttributes, keyword: string): TableData | 'broken' | undefined {
  const bytes = attributes.bytes(keyword)
  if (bytes !== undefined) return bytes.byteLength === 0 ? undefined : { bytes, words: words(bytes) }
  const numbers = attributes.numbers(keyword)
  if (numbers.length === 0) return undefined
  if (!numbers.every((number) => Number.isInteger(number) && number >= -32_768 && number <= 65_535)) return 'broken'
  const values = Uint16Array.from(numbers)
  return { bytes: littleEndianBytes(values), words: values }
}

/**
 * Returns whether entries take a byte each, the first one in the lower half of a word. The length of the data decides,
 * as PS3.3 C.11.1.1.1 says. If neither length fits, entries are bytes if words exceed 8 bits.
 */
export function isOfBytes(
  { bytes, words: values }: TableData,
  { count, bits }: { readonly count: number; readonly bits: number },
): boolean {
  if (bytes.byteLength >= count * 2) return false
  if (bytes.byteLength === count || bytes.byteLength === count + 1) return true
  return bits <= 8 && values.some((value) => value > 255)
}

/** Returns the words of little-endian bytes, without an odd last byte. */
export function words(bytes: Uint8Array): Uint16Array {
  const copy = bytes.slice(0, bytes.byteLength & ~1)
  if (!isLittleEndian) swapBytesInPlace(copy, 2)
  return new Uint16Array(copy.buffer)
}

function littleEndianBytes(values: Uint16Array): Uint8Array {
  const copy = new Uint8Array(values.slice().buffer)
  if (!isLittleEndian) swapBytesInPlace(copy, 2)
  return copy
}
