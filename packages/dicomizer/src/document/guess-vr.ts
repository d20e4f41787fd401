import type { JsonValue } from '@ahi-dicom/ahi-metadata'

import { fromBase64 } from '@ahi-dicom/runtime'
import { elementKey } from './element-key.ts'

/** A value, and a VR that holds it. */
export interface HeldValue {
  readonly vr: string
  readonly value: JsonValue
}

/**
 * A VR for a private or unknown element to which the document gives none: base64 is UN as AHI writes unknown bytes, all
 * else as {@link heldByAnotherVr} has it.
 */
export function guessVr(value: JsonValue): string {
  const isNothing = value === null || (Array.isArray(value) && value.every((item) => item === null))
  if (isNothing || (typeof value === 'string' && fromBase64(value) !== undefined)) return 'UN'
  return heldByAnotherVr(value).vr
}

/**
 * Keeps a value that its own VR cannot hold: items as a sequence, numbers in the narrowest VR that holds all of them,
 * text as UT, or UC where there are several, and everything else as UT with its JSON text.
 *
 * @throws {RangeError} for a value that nests too deeply for JSON
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

/** What stands for a value in text alone. */
export function plainOrJsonText(value: JsonValue): string {
  return isPlain(value) ? String(value ?? '') : jsonText(value)
}

/** Whether a value can be nothing else than the items of a sequence: objects of which every key is an element's. */
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

/** Undefined for integers beyond 64 bits. */
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
