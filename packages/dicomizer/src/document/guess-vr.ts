import type { JsonValue } from '@ahi-dicom/ahi-metadata'

import { fromBase64 } from '@ahi-dicom/runtime'
import { elementKey } from './element-key.ts'

/** A value with a VR that can hold it. */
export interface HeldValue {
  readonly vr: string
  readonly value: JsonValue
}

/**
 * Returns a VR for a private or unknown element that has none in the document. Base64 gets UN, because AHI writes
 * unknown bytes so. Other values get the VR of {@link heldByAnotherVr}.
 */
export function guessVr(value: JsonValue): string {
  const isNothing = value === null || (Array.isArray(value) && value.every((item) => item === null))
  if (isNothing || (typeof value === 'string' && fromBase64(value) !== undefined)) return 'UN'
  return heldByAnotherVr(value).vr
}

/**
 * Returns a value in a VR that can hold it. Items become SQ. Numbers get the narrowest VR that holds all of them. One
 * text becomes UT, several become UC. Everything else becomes UT with its JSON text.
 *
 * @throws {RangeError} if the value is nested too deeply for JSON
 */
export function heldByAnotherVr(value: JsonValue): HeldValue {
  if (isItems(value)) return { vr: 'SQ', value }
  const values = Array.isArray(value) ? value : [value]
  const vr = values.every(isNumber) ? numberVr(values) : undefined
  if (vr !== undefined) return { vr, value }
  if (!values.every(isPlain)) return { vr: 'UT', value: jsonText(value) }
  const texts = values.map((item) => (item === null ? '' : String(item)))
  return Array.isArray(value) ? { vr: 'UC', value: texts } : { vr: 'UT', value: texts[0] ?? '' }
}

/** Returns a value as text: a plain value as it is, others as JSON. */
export function plainOrJsonText(value: JsonValue): string {
  return isPlain(value) ? String(value ?? '') : jsonText(value)
}

/** Returns whether a value can only be the items of a sequence: objects whose keys all name elements. */
export function isItems(value: JsonValue): boolean {
  const items = Array.isArray(value) ? value : [value]
  return items.some((item) => item !== null) && items.every((item) => item === null || isItem(item))
}

function isItem(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.keys(value).every((key) => elementKey(key) !== undefined)
}

function isNumber(item: JsonValue): item is number | bigint {
  return typeof item === 'number' || typeof item === 'bigint'
}

function isPlain(item: JsonValue): item is string | number | bigint | null {
  return item === null || typeof item === 'string' || isNumber(item)
}

/** Returns the narrowest VR for numbers, or undefined if an integer does not fit 64 bits. */
function numberVr(numbers: readonly (number | bigint)[]): string | undefined {
  if (numbers.length === 0) return undefined
  if (numbers.every((item) => typeof item === 'number') && !numbers.every(isSafeInteger)) return 'FD'
  if (!numbers.every((item) => typeof item === 'bigint' || isSafeInteger(item))) return undefined
  const least = numbers.reduce((a, b) => (b < a ? b : a))
  const greatest = numbers.reduce((a, b) => (b > a ? b : a))
  if (least >= -(2 ** 31) && greatest < 2 ** 31) return 'SL'
  if (least >= 0 && greatest < 2 ** 32) return 'UL'
  if (least >= 0 && greatest < 2n ** 64n) return 'UV'
  return least >= -(2n ** 63n) && greatest < 2n ** 63n ? 'SV' : undefined
}

function isSafeInteger(item: number | bigint): boolean {
  return Number.isSafeInteger(item)
}

function jsonText(value: JsonValue): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? String(item) : item))
}
