import { valueRepresentation } from '@ahi-dicom/dicom-standard'
import { elementValues, type DataElement, type FieldValue } from '@ahi-dicom/dicom-standard/reader'
import type { Scope } from './scope.ts'

/** VRs with significant leading spaces (PS3.5 6.2). */
const leadingSpacesMatter: ReadonlySet<string> = new Set(['LT', 'ST', 'UT', 'UC'])
const replacement = '\ufffd'

/** The value of an element in a form that does not depend on its encoding. */
export interface CanonicalValue {
  readonly values: readonly FieldValue[]
  /** The values before text was trimmed. */
  readonly untrimmed: readonly FieldValue[]
  /** True if some bytes of the text are not characters of its character set. */
  readonly isUndecodable: boolean
}

/** Returns the value of an element as values of a VR, or as bytes if they do not fit the VR. */
export function canonicalValue(element: DataElement, vr: string, { decoding }: Scope): CanonicalValue {
  const untrimmed = elementValues(element, vr, decoding) ?? [element.value]
  if (valueRepresentation(vr)?.kind !== 'text') return { values: untrimmed, untrimmed, isUndecodable: false }
  const trimmed = untrimmed.map((value) => (typeof value === 'string' ? trimText(value, vr) : value))
  const values = trimmed.length === 1 && trimmed[0] === '' ? [] : trimmed
  const isDamaged = values.some((value) => typeof value === 'string' && value.includes(replacement))
  return { values, untrimmed, isUndecodable: isDamaged && !bytesOf(element).includes(replacement) }
}

/** Returns true if two values are equal. Binary values may differ by a padding byte. */
export function isSameValue(left: readonly FieldValue[], right: readonly FieldValue[]): boolean {
  return left.length === right.length && left.every((value, index) => isSame(value, right[index]))
}

function isSame(left: FieldValue, right: FieldValue | undefined): boolean {
  if (left instanceof Uint8Array) return right instanceof Uint8Array && areSameBytes(left, right)
  return Object.is(left, right) || left === right
}

function areSameBytes(left: Uint8Array, right: Uint8Array): boolean {
  const length = Math.min(left.byteLength, right.byteLength)
  if (Buffer.compare(left.subarray(0, length), right.subarray(0, length)) !== 0) return false
  const rest = left.byteLength > length ? left.subarray(length) : right.subarray(length)
  return rest.byteLength === 0 || (rest.byteLength === 1 && rest[0] === 0)
}

function trimText(text: string, vr: string): string {
  const ended = text.replace(/[ \0]+$/, '')
  if (vr === 'PN') return trimName(ended.replace(/^[ \0]+/, ''))
  return leadingSpacesMatter.has(vr) ? ended : ended.replace(/^[ \0]+/, '')
}

/** Trims a person name. Empty components and groups at its end have no meaning (PS3.5 6.2.1.1). */
function trimName(name: string): string {
  const groups = name.split('=').map((group) => group.replace(/[\^ ]+$/, ''))
  return groups.join('=').replace(/=+$/, '')
}

function bytesOf({ value }: DataElement): Buffer {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
}
