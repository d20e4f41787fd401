import type { JsonValue } from '@ahi-dicom/ahi-metadata'

import { fromBase64 } from '@ahi-dicom/runtime'
import type { ByteWriter } from './byte-writer.ts'
import { parseDecimal, parseTag } from '@ahi-dicom/dicom-standard'
import type { ValueRepresentation } from '@ahi-dicom/dicom-standard'

/** A value does not fit its VR. The caller adds the element's tag. */
export class ValueFormError extends Error {
  override readonly name = 'ValueFormError'
}

/**
 * Returns the text of a value with a text VR. Several values are joined by backslashes. Numbers and the person names of
 * DICOM JSON are accepted too, because their text is unambiguous.
 *
 * @throws {ValueFormError} for other objects and truth values
 */
export function textOf(value: JsonValue): string {
  if (typeof value === 'string') return value
  if (value === null) return ''
  if (Array.isArray(value)) return value.map(oneText).join('\\')
  return oneText(value)
}

function oneText(value: JsonValue): string {
  if (typeof value === 'string') return value
  if (value === null) return ''
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value === 'object' && !Array.isArray(value)) return personName(value)
  throw new ValueFormError(`expected text, got ${kindOf(value)}`)
}

function personName(value: Readonly<Record<string, JsonValue>>): string {
  const { Alphabetic = null, Ideographic = null, Phonetic = null, ...others } = value
  if (Object.keys(others).length > 0) throw new ValueFormError('expected text, got an object')
  return [Alphabetic, Ideographic, Phonetic].map(componentGroup).join('=').replace(/=+$/, '')
}

function componentGroup(value: JsonValue): string {
  if (value === null) return ''
  if (typeof value === 'string') return value
  throw new ValueFormError('expected text, got an object')
}

/**
 * Writes a value whose VR is neither text nor SQ.
 *
 * @throws {ValueFormError} if the value does not fit the VR
 */
export function writeBinaryValue(writer: ByteWriter, representation: ValueRepresentation, value: JsonValue): void {
  if (value === null || value === '') return
  if (representation.kind === 'binary') writeBinary(writer, representation, value)
  else if (!Array.isArray(value)) writeItem(writer, representation, value)
  else for (const item of valuesOf(value)) writeItem(writer, representation, item)
}

/** Returns the values of an element. An array with one empty value counts as no value. */
export function valuesOf(value: JsonValue): readonly JsonValue[] {
  if (!Array.isArray(value)) return [value]
  const isEmpty = value.length === 1 && (value[0] === null || value[0] === '')
  return isEmpty ? [] : value
}

function writeItem(writer: ByteWriter, representation: ValueRepresentation, item: JsonValue): void {
  if (representation.kind === 'tag') writeTag(writer, item)
  else if (representation.kind === 'float') writeFloat(writer, representation, item)
  else writeInteger(writer, representation, item)
}

function writeInteger(writer: ByteWriter, representation: ValueRepresentation, item: JsonValue): void {
  const integer = integerOf(item)
  if (integer === undefined) throw new ValueFormError(`expected an integer, got ${kindOf(item)}`)
  if (!isInRange(representation, integer))
    throw new ValueFormError(`an integer is out of the range of VR ${representation.vr}`)
  writeIntegerBits(writer, representation.unit, integer)
}

/** Writes the low bits of an integer, signed or unsigned. */
export function writeIntegerBits(writer: ByteWriter, unit: number, integer: number | bigint): void {
  if (unit === 8) writer.uint64(BigInt.asUintN(64, BigInt(integer)))
  else if (unit === 4) writer.uint32(Number(integer))
  else if (unit === 2) writer.uint16(Number(integer))
  else writer.uint8(Number(integer))
}

/** Returns an integer, also from its decimal text. Returns undefined for other values. */
export function integerOf(item: JsonValue): number | bigint | undefined {
  if (typeof item === 'number') return Number.isInteger(item) ? item : undefined
  if (typeof item === 'bigint') return item
  if (typeof item !== 'string' || !/^\s*[+-]?\d+\s*$/.test(item)) return undefined
  const integer = BigInt(item.trim().replace(/^\+/, ''))
  return Number.isSafeInteger(Number(integer)) ? Number(integer) : integer
}

/** Returns whether an integer is in the range of an integer VR. */
export function isInRange({ unit, signed }: ValueRepresentation, integer: number | bigint): boolean {
  const bits = BigInt(unit * 8)
  if (unit === 8) {
    const least = signed ? -(1n << (bits - 1n)) : 0n
    const end = signed ? 1n << (bits - 1n) : 1n << bits
    return BigInt(integer) >= least && BigInt(integer) < end
  }
  const end = 2 ** (unit * 8)
  return signed ? integer >= -end / 2 && integer < end / 2 : integer >= 0 && integer < end
}

function writeFloat(writer: ByteWriter, { unit }: ValueRepresentation, item: JsonValue): void {
  const number = floatOf(item)
  if (number === undefined) throw new ValueFormError(`expected a number, got ${kindOf(item)}`)
  if (unit === 4) writer.float32(number)
  else writer.float64(number)
}

const specialFloats: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['inf', Infinity],
  ['-Infinity', -Infinity],
  ['-inf', -Infinity],
])

/** Returns a number, also from its text, `NaN` or an infinity. Returns undefined for other values. */
export function floatOf(item: JsonValue): number | undefined {
  if (typeof item === 'number') return item
  if (typeof item === 'bigint') return Number(item)
  return typeof item === 'string' ? (specialFloats.get(item.trim()) ?? parseDecimal(item)) : undefined
}

function writeTag(writer: ByteWriter, item: JsonValue): void {
  const tag = tagOf(item)
  if (tag === undefined) throw new ValueFormError(`expected a tag of eight hexadecimal digits, got ${kindOf(item)}`)
  writer.uint16(tag >>> 16)
  writer.uint16(tag & 0xffff)
}

/** Returns a tag, from eight hexadecimal digits or a number. Returns undefined for other values. */
export function tagOf(item: JsonValue): number | undefined {
  const tag = typeof item === 'string' ? parseTag(item.trim()) : item
  return typeof tag === 'number' && Number.isInteger(tag) && tag >= 0 && tag <= 0xffffffff ? tag : undefined
}

function writeBinary(writer: ByteWriter, representation: ValueRepresentation, value: JsonValue): void {
  for (const item of valuesOf(value)) {
    if (typeof item === 'string') writeBase64(writer, item)
    else writeWord(writer, representation, item)
  }
}

function writeBase64(writer: ByteWriter, text: string): void {
  const bytes = fromBase64(text)
  if (bytes === undefined) throw new ValueFormError('expected base64, got other text')
  writer.bytes(bytes)
}

function writeWord(writer: ByteWriter, representation: ValueRepresentation, item: JsonValue): void {
  if (representation.vr === 'OF' || representation.vr === 'OD') {
    writeFloat(writer, representation, item)
    return
  }
  const integer = integerOf(item)
  if (integer === undefined || !isWordOf(representation, item)) {
    throw new ValueFormError(`expected base64 or words of ${representation.unit * 8} bits, got ${kindOf(item)}`)
  }
  writeIntegerBits(writer, representation.unit, integer)
}

/** Returns whether a value is an integer, signed or unsigned, that fits one word of a binary VR. */
export function isWordOf({ unit }: ValueRepresentation, item: JsonValue): boolean {
  const integer = integerOf(item)
  return integer !== undefined && integer >= -(2 ** (unit * 8 - 1)) && integer < 2 ** (unit * 8)
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'string') return 'other text'
  return typeof value === 'boolean' ? 'a truth value' : 'another number'
}
