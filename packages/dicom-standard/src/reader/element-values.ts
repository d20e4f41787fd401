import { latin1Text, swapBytesInPlace } from '@ahi-dicom/runtime'
import type { TextDecoding } from '../character-sets.ts'
import { valueRepresentation } from '../value-representation.ts'
import type { DataElement } from './data-element.ts'

/** A value of an element other than a sequence. */
export type FieldValue = string | number | bigint | Uint8Array

type ReadNumber = (view: DataView, offset: number, isLittleEndian: boolean) => number | bigint

const readNumber: Readonly<Record<string, ReadNumber>> = {
  AT: (view, at, little) => view.getUint16(at, little) * 0x10000 + view.getUint16(at + 2, little),
  FD: (view, at, little) => view.getFloat64(at, little),
  FL: (view, at, little) => view.getFloat32(at, little),
  SL: (view, at, little) => view.getInt32(at, little),
  SS: (view, at, little) => view.getInt16(at, little),
  SV: (view, at, little) => view.getBigInt64(at, little),
  UL: (view, at, little) => view.getUint32(at, little),
  US: (view, at, little) => view.getUint16(at, little),
  UV: (view, at, little) => view.getBigUint64(at, little),
}

/**
 * Converts the value field of an element other than a sequence. Text becomes one Unicode string per value. Numbers
 * become numbers. Binary becomes one array in little endian. Returns `undefined` if the length does not fit the VR.
 *
 * @example
 * import { readFile } from 'node:fs/promises'
 * import { textDecoding } from '@ahi-dicom/dicom-standard/character-sets'
 * import { elementValues, readPart10 } from '@ahi-dicom/dicom-standard/reader'
 *
 * const rows = readPart10(await readFile('CT0001.dcm')).dataSet.get(0x00280010)
 * console.log(rows && elementValues(rows, 'US', textDecoding([]))) // [ 512 ]
 */
export function elementValues(element: DataElement, vr: string, decoding: TextDecoding): FieldValue[] | undefined {
  if (isBinary(vr)) return [littleEndianBytes(element, vr)]
  if (element.value.byteLength === 0) return []
  const read = readNumber[vr]
  return read === undefined ? textValues(element.value, vr, decoding) : numberValues(element, unitOf(vr), read)
}

/**
 * True if the values of a VR are bytes.
 *
 * @example
 * import { isBinary } from '@ahi-dicom/dicom-standard/reader'
 *
 * console.log(isBinary('OB'), isBinary('LO')) // true false
 */
export function isBinary(vr: string): boolean {
  return valueRepresentation(vr)?.kind === 'binary'
}

/**
 * Returns the text of an element in the default repertoire, without trailing padding. Empty if there is no element.
 *
 * @example
 * import { readFile } from 'node:fs/promises'
 * import { plainText, readPart10 } from '@ahi-dicom/dicom-standard/reader'
 *
 * const { dataSet } = readPart10(await readFile('CT0001.dcm'))
 * console.log(plainText(dataSet.get(0x00080060))) // CT
 */
export function plainText(element: DataElement | undefined): string {
  if (element === undefined) return ''
  return latin1Text(element.value).replace(/[\0 ]+$/, '')
}

/**
 * Returns the first value of an unsigned 16-bit element. `undefined` if there is no value.
 *
 * @example
 * import { readFile } from 'node:fs/promises'
 * import { readPart10, unsignedShort } from '@ahi-dicom/dicom-standard/reader'
 *
 * const { dataSet } = readPart10(await readFile('CT0001.dcm'))
 * console.log(unsignedShort(dataSet.get(0x00280010))) // 512
 */
export function unsignedShort(element: DataElement | undefined): number | undefined {
  if (element === undefined || element.value.byteLength < 2) return undefined
  const { value, isBigEndian } = element
  return new DataView(value.buffer, value.byteOffset, value.byteLength).getUint16(0, !isBigEndian)
}

function littleEndianBytes({ value, isBigEndian }: DataElement, vr: string): Uint8Array {
  const unit = unitOf(vr)
  return isBigEndian && unit > 1 ? swapBytes(value, unit) : value
}

function unitOf(vr: string): number {
  return valueRepresentation(vr)?.unit ?? 1
}

/**
 * Returns a copy with the bytes of every unit of 2, 4 or 8 bytes reversed. An incomplete unit at the end is unchanged.
 *
 * @example
 * import { swapBytes } from '@ahi-dicom/dicom-standard/reader'
 *
 * console.log(swapBytes(Uint8Array.of(1, 2, 3, 4), 2).join()) // 2,1,4,3
 */
export function swapBytes(bytes: Uint8Array, unit: number): Uint8Array<ArrayBuffer> {
  const swapped = Uint8Array.from(bytes)
  swapBytesInPlace(swapped.subarray(0, swapped.byteLength - (swapped.byteLength % unit)), unit)
  return swapped
}

function textValues(value: Uint8Array, vr: string, decoding: TextDecoding): string[] {
  const { usesCharacterSet = false, isSingleValued = false } = valueRepresentation(vr) ?? {}
  const delimiters = vr === 'PN' ? '\\^=' : isSingleValued ? '' : '\\'
  const text = usesCharacterSet ? decoding.decode(value, delimiters) : latin1Text(value)
  return isSingleValued ? [text] : text.split('\\')
}

function numberValues({ value, isBigEndian }: DataElement, unit: number, read: ReadNumber): FieldValue[] | undefined {
  if (value.byteLength % unit !== 0) return undefined
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
  return Array.from({ length: value.byteLength / unit }, (_, index) => read(view, index * unit, !isBigEndian))
}
