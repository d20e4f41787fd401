import type { JsonValue } from './image-set-metadata.ts'

const BIG_INTEGER = /(?:^|[:,[])\s*-?\d{16,}\s*(?:[,\]}]|$)/
const INTEGER = /^-?\d+$/
const LEAST = -(2n ** 63n)
const GREATEST = 2n ** 64n - 1n

/** Parses JSON; integers of 64 bits beyond 2^53 become bigint. The reviver runs only where the text may hold one. */
export function parseJson(text: string): JsonValue {
  return BIG_INTEGER.test(text) ? JSON.parse(text, reviveInteger) : JSON.parse(text)
}

/** Writes JSON; a bigint becomes an integer literal and negative zero keeps its sign. */
export function stringifyJson(value: JsonValue): string {
  return needsRawNumbers(value) ? JSON.stringify(value, replaceNumber) : JSON.stringify(value)
}

function reviveInteger(_key: string, value: JsonValue, context?: { readonly source?: string }): JsonValue {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source
  if (source === undefined || !INTEGER.test(source)) return value
  const integer = BigInt(source)
  return integer >= LEAST && integer <= GREATEST ? integer : value
}

function needsRawNumbers(value: JsonValue): boolean {
  if (typeof value === 'bigint' || Object.is(value, -0)) return true
  if (typeof value !== 'object' || value === null) return false
  return Array.isArray(value) ? value.some(needsRawNumbers) : Object.values(value).some(needsRawNumbers)
}

function replaceNumber(_key: string, value: JsonValue): unknown {
  if (typeof value === 'bigint') return rawJson(String(value))
  return Object.is(value, -0) ? rawJson('-0') : value
}

/** JSON.rawJSON, which the compiler's library does not know yet. */
function rawJson(text: string): unknown {
  if (!('rawJSON' in JSON) || typeof JSON.rawJSON !== 'function') {
    throw new TypeError('Cannot write a 64-bit integer: JSON.rawJSON is missing; use Node 22 or newer')
  }
  return JSON.rawJSON(text)
}
