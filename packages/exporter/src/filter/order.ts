import type { JsonValue } from '@ahi-dicom/ahi-metadata'
import { parseDecimal } from '@ahi-dicom/dicom-standard'

/** How values of a VR are ordered. `none`: they have no order. `unknown`: the dictionary does not tell the VR. */
export type OrderKind = 'number' | 'date' | 'time' | 'date-time' | 'text' | 'none' | 'unknown'

/** A value that can be compared. Dates and times are digits, starting with the year or hour, as precise as given. */
export type OrderedValue =
  | { readonly kind: 'number'; readonly number: number | bigint; readonly isSingle: boolean }
  | { readonly kind: 'digits'; readonly digits: string; readonly offsetMinutes?: number | undefined }

const numberVrs = new Set(['DS', 'IS', 'FL', 'FD', 'US', 'SS', 'UL', 'SL', 'UV', 'SV', 'US or SS'])
/** VRs whose values have no order. */
const unorderedVrs = new Set(['AS', 'AT', 'OB', 'OB or OW', 'OD', 'OF', 'OL', 'OV', 'OW', 'PN', 'SQ', 'UI'])
const datedVrs: Readonly<Record<string, OrderKind>> = { DA: 'date', TM: 'time', DT: 'date-time' }

/** Returns how values of a VR are ordered. */
export function orderKind(vr: string | undefined): OrderKind {
  if (vr === undefined || vr === 'UN') return 'unknown'
  if (numberVrs.has(vr)) return 'number'
  if (unorderedVrs.has(vr)) return 'none'
  return datedVrs[vr] ?? 'text'
}

/** Returns a value in comparable form, or undefined if it is not valid for its VR. */
export function orderedValue(value: JsonValue, vr: string | undefined): OrderedValue | undefined {
  const kind = orderKind(vr)
  if (typeof value === 'number' || typeof value === 'bigint') {
    return { kind: 'number', number: value, isSingle: vr === 'FL' }
  }
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  if (kind === 'date') return dateDigits(text)
  if (kind === 'time') return timeDigits(text)
  if (kind === 'date-time') return dateTimeDigits(text)
  const number = numberOf(text)
  return number === undefined ? undefined : { kind: 'number', number, isSingle: false }
}

/**
 * Parses a value that a user typed, or returns undefined if it is not valid. Dates may have hyphens, times may have
 * colons, and both may be incomplete: `2024`, `2024-05`, `10:30`.
 */
export function parseOrdered(text: string, vr: string | undefined): OrderedValue | undefined {
  const ordered = orderedValue(text, vr)
  if (ordered !== undefined || orderKind(vr) !== 'unknown') return ordered
  return dateTimeDigits(text)
}

/**
 * Returns a negative number, 0 or a positive number if the value is before, at or after the limit, at the precision of
 * the limit.
 */
export function compareTo(limit: OrderedValue, value: OrderedValue | undefined): number | undefined {
  if (value === undefined || value.kind !== limit.kind) return undefined
  if (limit.kind === 'digits') return value.kind === 'digits' ? compareDigits(limit, value) : undefined
  if (value.kind !== 'number') return undefined
  const asked = value.isSingle ? Math.fround(Number(limit.number)) : limit.number
  const { number } = value
  return number < asked ? -1 : Number(number > asked)
}

/** Returns true if a range ends before it starts. Its ends may differ in precision. */
export function isReversed(from: OrderedValue, to: OrderedValue): boolean {
  if (from.kind === 'number' || to.kind === 'number') {
    return from.kind === 'number' && to.kind === 'number' && from.number > to.number
  }
  if (from.offsetMinutes !== undefined && to.offsetMinutes !== undefined) {
    const minutes = (startOf(from.digits).getTime() - endOf(to.digits).getTime()) / 60_000
    return minutes >= from.offsetMinutes - to.offsetMinutes
  }
  const length = Math.min(from.digits.length, to.digits.length)
  return from.digits.slice(0, length) > to.digits.slice(0, length)
}

type Digits = Extract<OrderedValue, { readonly kind: 'digits' }>

function compareDigits(limit: Digits, value: Digits): number {
  const hasOffsets = limit.offsetMinutes !== undefined && value.offsetMinutes !== undefined
  const shift = hasOffsets ? (limit.offsetMinutes ?? 0) - (value.offsetMinutes ?? 0) : 0
  const shifted = shift === 0 ? value.digits : shiftedDigits(value.digits, shift)
  const same = shifted.padEnd(limit.digits.length, '0').slice(0, limit.digits.length)
  return same < limit.digits ? -1 : Number(same > limit.digits)
}

function shiftedDigits(digits: string, minutes: number): string {
  const start = startOf(digits)
  const moved = new Date(start.getTime() + minutes * 60_000)
  return moved.toISOString().replaceAll(/\D/g, '').slice(0, 14) + digits.slice(14)
}

/** Returns the first moment of a date and time, in its own time zone. It may be incomplete. */
export function startOf(digits: string): Date {
  const [, year = '', month = '01', day = '01', hour = '00', minute = '00', second = '00', fraction = '0'] =
    /^(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d{1,6})?/.exec(digits) ?? []
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`)
}

/** Returns the first moment after a date and time. */
export function endOf(digits: string): Date {
  const start = startOf(digits)
  if (digits.length <= 4) return new Date(start.setUTCFullYear(start.getUTCFullYear() + 1))
  if (digits.length <= 6) return new Date(start.setUTCMonth(start.getUTCMonth() + 1))
  const seconds = digits.length <= 8 ? 86_400 : digits.length <= 10 ? 3600 : digits.length <= 12 ? 60 : 1
  return new Date(start.getTime() + seconds * 1000)
}

function numberOf(text: string): number | bigint | undefined {
  return /^-?\d{16,}$/.test(text) ? BigInt(text) : parseDecimal(text)
}

/** Parses a DA (PS3.5), also in the ACR-NEMA form with full stops. */
function dateDigits(text: string): Digits | undefined {
  const match = /^(\d{4})(?:[-.]?(\d\d)(?:[-.]?(\d\d))?)?$/.exec(text)
  return match === null ? undefined : realDigits(match.slice(1).join(''))
}

function timeDigits(text: string): Digits | undefined {
  const match = /^([01]\d|2[0-3])(?::?([0-5]\d)(?::?([0-5]\d|60)(?:\.(\d{1,6}))?)?)?$/.exec(text)
  return match === null ? undefined : { kind: 'digits', digits: match.slice(1).join('') }
}

const dateTime =
  /^(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:[T ]?(\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.(\d{1,6}))?)?)?)?)?)?(Z|[+-]\d\d:?\d\d)?$/

function dateTimeDigits(text: string): Digits | undefined {
  const match = dateTime.exec(text)
  if (match === null) return undefined
  const digits = realDigits(match.slice(1, 8).join(''))
  return digits === undefined ? undefined : { ...digits, offsetMinutes: offsetMinutes(match[8]) }
}

function offsetMinutes(offset: string | undefined): number | undefined {
  if (offset === undefined) return undefined
  if (offset === 'Z') return 0
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2))
  return offset.startsWith('-') ? -minutes : minutes
}

/** Returns the digits if that day and time exist. */
function realDigits(digits: string): Digits | undefined {
  const start = startOf(digits)
  if (Number.isNaN(start.getTime())) return undefined
  const isReal = start.toISOString().replaceAll(/\D/g, '').startsWith(digits.slice(0, 8))
  return isReal ? { kind: 'digits', digits } : undefined
}
