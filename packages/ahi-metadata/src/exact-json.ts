import type { JsonValue } from './image-set-metadata.ts'

const bigInteger = /(?:^|[:,[])\s*-?\d{16,310}\s*(?:[,\]}]|$)/
/** Matches any text with a number that may exceed the range of a double. Other texts have none. */
const hugeNumber = /(?:^|[:,[])\s*-?(?:\d{300}|\d[\d.]*[eE]\+?\d{3})/
const integerText = /^-?\d+$/
const least = -(2n ** 63n)
const greatest = 2n ** 64n - 1n

/**
 * Parses JSON without losing digits. Integers beyond 2^53 that fit into 64 bits become bigint. A number beyond the
 * range of a double (`1e999`) stays text, because it would become infinite. The reviver is slow, so it runs only if the
 * text may hold one of these.
 */
export function parseJson(text: string): JsonValue {
  return bigInteger.test(text) || hugeNumber.test(text) ? JSON.parse(text, reviveInteger) : JSON.parse(text)
}

/**
 * Writes JSON that `parseJson` reads back unchanged: a bigint as an integer literal, a double beyond 2^53 with an
 * exponent, and negative zero with its sign.
 *
 * @example
 * import { stringifyJson } from '@ahi-dicom/ahi-metadata'
 *
 * console.log(stringifyJson({ offset: 9007199254740993n })) // {"offset":9007199254740993}
 */
export function stringifyJson(value: unknown): string {
  return needsOwnLiterals(value) ? JSON.stringify(value, replaceNumber) : JSON.stringify(value)
}

function reviveInteger(_key: string, value: JsonValue, context?: { readonly source?: string }): JsonValue {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source
  if (source === undefined) return value
  if (!Number.isFinite(value)) return source
  if (!integerText.test(source)) return value
  const integer = BigInt(source)
  return integer >= least && integer <= greatest ? integer : value
}

function needsOwnLiterals(value: unknown): boolean {
  if (typeof value !== 'object') return ownLiteral(value) !== undefined
  if (value === null) return false
  return Array.isArray(value) ? value.some(needsOwnLiterals) : Object.values(value).some(needsOwnLiterals)
}

function replaceNumber(_key: string, value: unknown): unknown {
  const literal = ownLiteral(value)
  return literal === undefined ? value : rawJson(literal)
}

/**
 * Returns the literal of a number that `JSON.stringify` cannot write, or would write as if it were an exact integer.
 */
function ownLiteral(value: unknown): string | undefined {
  if (typeof value === 'bigint') return String(value)
  if (Object.is(value, -0)) return '-0'
  if (typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value)) return undefined
  return value.toExponential()
}

/** Calls `JSON.rawJSON`, which TypeScript does not declare yet. */
function rawJson(text: string): unknown {
  if (!('rawJSON' in JSON) || typeof JSON.rawJSON !== 'function') {
    throw new TypeError('Cannot write a 64-bit integer: JSON.rawJSON is missing; use Node 22 or newer')
  }
  return JSON.rawJSON(text)
}
