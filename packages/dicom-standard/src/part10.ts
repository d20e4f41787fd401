/**
 * The prefix of a Part 10 file (PS3.10) and the headers of its elements (PS3.5 7.1, 7.5 and A.4).
 * @module
 */
import type { ElementEncoding } from './transfer-syntaxes.ts'
import { valueRepresentation } from './value-representation.ts'

/** Bytes of the preamble and the prefix `DICM`. */
export const part10PrefixLength = 132
/** The length field of an element, sequence or item that ends with a delimiter. */
export const undefinedLength = 0xffffffff
/** Most bytes of a value or a fragment: the largest even number of 32 bits. */
export const longestValueLength = 0xfffffffe
/** The delimiter of a sequence or of fragments, little endian. */
export const sequenceDelimiter: Uint8Array = Uint8Array.of(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0)

/**
 * True if bytes begin like a Part 10 file: 128 arbitrary bytes, then `DICM` (PS3.10 7.1).
 *
 * @example
 * import { readFile } from 'node:fs/promises'
 * import { hasPart10Prefix } from '@ahi-dicom/dicom-standard/part10'
 *
 * console.log(hasPart10Prefix(await readFile('CT0001.dcm'))) // true
 */
export function hasPart10Prefix(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(part10PrefixLength - 4, part10PrefixLength)) === 'DICM'
}

/** The first eight bytes of the header of an element, an item or a delimiter. */
export interface HeaderStart {
  readonly tag: number
  /** VR. `undefined` without two capital letters: in implicit VR, and for items and delimiters. */
  readonly vr: string | undefined
  /** Length of the value. `undefined` if the next four bytes are the length. */
  readonly length: number | undefined
}

/**
 * Reads eight bytes of a header at an offset. A VR that the standard does not have yet has a 32-bit length (PS3.5 6.2).
 *
 * @example
 * import { readFile } from 'node:fs/promises'
 * import { readHeaderStart } from '@ahi-dicom/dicom-standard/part10'
 *
 * const { buffer, byteOffset, byteLength } = await readFile('CT0001.dcm')
 * const view = new DataView(buffer, byteOffset, byteLength)
 * const { tag, vr, length } = readHeaderStart(view, 132, { isExplicit: true, isLittleEndian: true })
 * console.log(tag.toString(16), vr, length) // 20000 UL 4
 */
export function readHeaderStart(view: DataView, offset: number, encoding: ElementEncoding): HeaderStart {
  const { isExplicit, isLittleEndian } = encoding
  const group = view.getUint16(offset, isLittleEndian)
  const tag = group * 0x10000 + view.getUint16(offset + 2, isLittleEndian)
  const vr = String.fromCharCode(view.getUint8(offset + 4), view.getUint8(offset + 5))
  if (!isExplicit || group === 0xfffe || !/^[A-Z]{2}$/.test(vr)) {
    return { tag, vr: undefined, length: view.getUint32(offset + 4, isLittleEndian) }
  }
  const isShort = valueRepresentation(vr)?.longLength === false
  return { tag, vr, length: isShort ? view.getUint16(offset + 6, isLittleEndian) : undefined }
}

/**
 * Returns the length with a padding byte if it is odd, because all lengths in DICOM are even.
 *
 * @example
 * import { evenLength } from '@ahi-dicom/dicom-standard/part10'
 *
 * console.log(evenLength(5)) // 6
 */
export function evenLength(byteLength: number): number {
  return byteLength + (byteLength % 2)
}

/**
 * Returns the header of an item or a fragment, little endian.
 *
 * @example
 * import { itemHeader } from '@ahi-dicom/dicom-standard/part10'
 *
 * console.log(itemHeader(1024).length) // 8
 */
export function itemHeader(byteLength: number): Uint8Array<ArrayBuffer> {
  const header = Uint8Array.of(0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0)
  new DataView(header.buffer).setUint32(4, byteLength, true)
  return header
}

/**
 * Returns the header of an element with a 32-bit length in Explicit VR Little Endian.
 *
 * @example
 * import { tags } from '@ahi-dicom/dicom-standard'
 * import { longElementHeader } from '@ahi-dicom/dicom-standard/part10'
 *
 * console.log(longElementHeader(tags.pixelData, 'OW', 512 * 512 * 2).length) // 12
 */
export function longElementHeader(tag: number, vr: string, byteLength: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(12)
  const view = new DataView(header.buffer)
  view.setUint16(0, tag >>> 16, true)
  view.setUint16(2, tag & 0xffff, true)
  header.set([vr.charCodeAt(0), vr.charCodeAt(1)], 4)
  view.setUint32(8, byteLength, true)
  return header
}
