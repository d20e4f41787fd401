import type { ImageSetInstance, JsonValue } from '@ahi-dicom/ahi-metadata'
import { parseDecimal } from '@ahi-dicom/dicom-standard'
import { heldAttribute, type AttributePath } from '../filter/attribute-path.ts'
import { orderedValue } from '../filter/order.ts'
import { columnType } from './column-type.ts'
import type { ColumnType } from './table-column.ts'

/** VRs with significant leading spaces (PS3.5 table 6.2-1). */
const freeText: ReadonlySet<string> = new Set(['LT', 'ST', 'UC', 'UR', 'UT'])

/**
 * Returns the value of an attribute for a cell. Undefined if the attribute is absent, `null` if it is empty. A list if
 * it has several values or the column has lists.
 */
export function attributeCell(
  { path, isList, type }: { readonly path: AttributePath; readonly isList: boolean; readonly type: ColumnType },
  entry: ImageSetInstance,
): JsonValue | undefined {
  const held = heldAttribute(path, entry)
  if (held === undefined) return undefined
  const { vr = '' } = held
  const own = type === 'mixed' ? columnType(vr) : type
  const values = held.values.map((value) => (typeof value === 'string' ? typedValue(value, own, vr) : value))
  const [first = null, ...others] = values
  if (values.length === 0 || (first === null && others.length === 0)) return null
  return isList || own === 'json' || others.length > 0 ? values : first
}

/** Converts a text to the column's type. Text that does not fit stays text. */
function typedValue(value: string, type: ColumnType, vr: string): JsonValue {
  const text = value.replace(/[ \0]+$/, '').replace(freeText.has(vr) ? '' : /^ +/, '')
  if (text === '') return null
  if (type === 'double') return floats.get(text) ?? parseDecimal(text) ?? text
  if (type === 'int32' || type === 'int64' || type === 'uint64') return integerOf(text) ?? text
  return type === 'date' ? (dateOf(text) ?? text) : text
}

/** Values of FL and FD that JSON cannot represent, in the form of AHI's documents. */
const floats: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
])

function integerOf(text: string): number | bigint | undefined {
  const number = parseDecimal(text)
  if (Number.isSafeInteger(number)) return number
  return /^-?\d+$/.test(text) ? BigInt(text) : undefined
}

/** Returns the day in ISO 8601, or undefined if the text is not a complete, valid date. */
function dateOf(text: string): string | undefined {
  const date = orderedValue(text, 'DA')
  if (date?.kind !== 'digits' || date.digits.length !== 8) return undefined
  return date.digits.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3')
}
