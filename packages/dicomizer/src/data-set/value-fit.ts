import type { JsonValue } from '@ahi-dicom/ahi-metadata'

import { fromBase64 } from '@ahi-dicom/runtime'
import { floatOf, integerOf, isInRange, isWordOf, tagOf, valuesOf } from './encode-value.ts'
import type { ValueRepresentation } from '@ahi-dicom/dicom-standard'

/** Returns whether a VR can hold a value of the metadata document. A sequence accepts every value, as items. */
export function canHold(representation: ValueRepresentation, value: JsonValue): boolean {
  if (value === null || value === '' || representation.kind === 'sequence') return true
  const fits = fitsByKind[representation.kind]
  if (!Array.isArray(value)) return fits(value, representation)
  return valuesOf(value).every((item) => fits(item, representation))
}

type Fit = (item: JsonValue, representation: ValueRepresentation) => boolean

const fitsByKind: Readonly<Record<Exclude<ValueRepresentation['kind'], 'sequence'>, Fit>> = {
  text: isText,
  integer: isIntegerInRange,
  float: fitsFloat,
  tag: (item) => tagOf(item) !== undefined,
  binary: fitsBinary,
}

function isIntegerInRange(item: JsonValue, representation: ValueRepresentation): boolean {
  const integer = integerOf(item)
  return integer !== undefined && isInRange(representation, integer)
}

/**
 * Returns whether a value is a LUT descriptor that needs both signs. In PS3.3 C.11.1.1.1 the first and third number are
 * unsigned in every VR.
 */
export function isMixedSign(representation: ValueRepresentation, value: JsonValue): boolean {
  if (!Array.isArray(value) || value.length < 3 || canHold(representation, value)) return false
  return value.every((item) => {
    const integer = integerOf(item)
    return integer !== undefined && integer >= -0x8000 && integer <= 0xffff
  })
}

/** Returns whether {@link textOf} accepts a value. */
function isText(item: JsonValue, { vr }: ValueRepresentation): boolean {
  if ((vr === 'IS' || vr === 'DS') && isInfinite(vr, item)) return false
  if (typeof item === 'string') return true
  if (typeof item === 'boolean' || Array.isArray(item)) return false
  if (typeof item !== 'object' || item === null) return true
  return Object.entries(item).every(
    ([group, name]) => componentGroups.has(group) && (name === null || typeof name === 'string'),
  )
}

/**
 * Returns whether a DS or IS value is not a finite number. For IS this includes text that means infinity, because
 * pydicom converts it to an integer and fails. Other text is left to its readers.
 */
function isInfinite(vr: string, item: JsonValue): boolean {
  if (typeof item === 'number') return !Number.isFinite(item)
  if (vr === 'DS' || typeof item !== 'string') return false
  return item.split('\\').some((text) => /^\s*[+-]?inf(inity)?\s*$/i.test(text) || Math.abs(Number(text)) === Infinity)
}

/** The component groups of a person name in DICOM JSON. */
const componentGroups: ReadonlySet<string> = new Set(['Alphabetic', 'Ideographic', 'Phonetic'])

/** Returns whether a number fits FL or FD. A finite number that FL would make infinite does not fit. */
function fitsFloat(item: JsonValue, { unit }: ValueRepresentation): boolean {
  const number = floatOf(item)
  if (number === undefined) return false
  return unit === 8 || !Number.isFinite(number) || Number.isFinite(Math.fround(number))
}

function fitsBinary(item: JsonValue, representation: ValueRepresentation): boolean {
  if (typeof item === 'string') return fromBase64(item) !== undefined
  const isFloat = representation.vr === 'OF' || representation.vr === 'OD'
  return isFloat ? fitsFloat(item, representation) : isWordOf(representation, item)
}
