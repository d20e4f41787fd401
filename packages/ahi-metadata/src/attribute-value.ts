import { toBase64 } from '@ahi-dicom/runtime'
import type { AttributeMap, JsonValue } from './image-set-metadata.ts'

/** One value of a data element: text, a number, a sequence item, or all bytes of a binary element. */
export type ElementValue = string | number | bigint | Uint8Array | AttributeMap

/** A data element for {@link encodeAttributeValue}. */
export interface AttributeElement {
  /** Value representation, two letters. */
  readonly vr: string
  /**
   * Value multiplicity of PS3.6, such as `1` or `2-n`. Absent for attributes that are not in the dictionary (private
   * ones).
   */
  readonly vm?: string | undefined
  /**
   * The values in order; empty for an element of zero length. Each text value is one item. A binary element is one
   * `Uint8Array` in little endian. A value of AT is a number or eight hex digits. A sequence item is its encoded
   * attributes.
   */
  readonly values: readonly ElementValue[]
}

/** Options of {@link encodeAttributeValue}. */
export interface EncodeAttributeOptions {
  /**
   * The form of the value. `2025`, the default, keeps the padding of DS and IS (`"1 "`), as the service does now.
   * `2023` trims it.
   */
  readonly form?: '2023' | '2025' | undefined
}

const numberText = new Set(['DS', 'IS'])
const binaryVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN'])
/** VRs with significant leading spaces (PS3.5 table 6.2-1). */
const freeText = new Set(['LT', 'ST', 'UC', 'UR', 'UT'])

/**
 * Returns the value of an attribute as AHI's documents show it:
 *
 * - an array if the VM in the dictionary is not 1, or if there are several values despite a VM of 1
 * - `null` for an empty element
 * - a number for the integer and float VRs
 * - base64 for binary VRs
 * - text for all other VRs, DS and IS included
 *
 * @throws {TypeError} if the VR cannot have the value
 * @example
 * import { encodeAttributeValue } from '@ahi-dicom/ahi-metadata'
 *
 * console.log(encodeAttributeValue({ vr: 'US', vm: '1', values: [512] })) // 512
 * console.log(encodeAttributeValue({ vr: 'CS', vm: '2-n', values: ['ORIGINAL'] })) // [ 'ORIGINAL' ]
 */
export function encodeAttributeValue(element: AttributeElement, options: EncodeAttributeOptions = {}): JsonValue {
  const { vr, vm, values } = element
  if (binaryVrs.has(vr)) return encodeBinary(element)
  const encoded = values.map((value) => encodeValue(vr, value, options.form ?? '2025'))
  if (vr === 'SQ') return encoded.length === 0 ? null : encoded
  if (encoded.length === 0 || (encoded.length === 1 && encoded[0] === '')) return null
  const [first = null] = encoded
  return (vm ?? '1') === '1' && encoded.length === 1 ? first : encoded
}

/**
 * Encodes a binary element as base64. AHI shows an empty private UN as an empty string, and all other empty elements as
 * `null`.
 */
function encodeBinary({ vr, vm, values }: AttributeElement): JsonValue {
  const [bytes = new Uint8Array(0), ...others] = values
  if (!(bytes instanceof Uint8Array) || others.length > 0) throw unexpected(vr, 'one Uint8Array')
  if (bytes.byteLength === 0) return vr === 'UN' && vm === undefined ? '' : null
  return toBase64(bytes)
}

function encodeValue(vr: string, value: ElementValue, form: '2023' | '2025'): JsonValue {
  switch (vr) {
    case 'SQ':
      if (typeof value !== 'object' || value instanceof Uint8Array) throw unexpected(vr, 'items')
      return value
    case 'AT':
      return encodeTag(value)
    case 'US':
    case 'SS':
    case 'UL':
    case 'SL':
    case 'UV':
    case 'SV':
      return encodeInteger(vr, value)
    case 'FL':
    case 'FD':
      if (typeof value !== 'number') throw unexpected(vr, 'numbers')
      return Number.isFinite(value) ? value : String(value)
    default:
      return encodeText(vr, value, form)
  }
}

function encodeTag(value: ElementValue): string {
  if (typeof value === 'number') return value.toString(16).toUpperCase().padStart(8, '0')
  if (typeof value === 'string' && /^[\da-f]{8}$/i.test(value)) return value.toUpperCase()
  throw unexpected('AT', 'numbers or eight hex digits')
}

function encodeInteger(vr: string, value: ElementValue): number | bigint {
  if (typeof value === 'number' && Number.isInteger(value)) return value
  if (typeof value !== 'bigint') throw unexpected(vr, 'integers')
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

function encodeText(vr: string, value: ElementValue, form: '2023' | '2025'): string {
  if (typeof value === 'object') throw unexpected(vr, 'text')
  const text = String(value)
  if (numberText.has(vr) && form === '2025') return text.trim() === '' ? '' : text
  const end = text.replace(/[ \0]+$/, '')
  return freeText.has(vr) ? end : end.replace(/^ +/, '')
}

function unexpected(vr: string, expected: string): TypeError {
  return new TypeError(`Cannot encode an attribute of VR ${vr}: its values must be ${expected}`)
}
