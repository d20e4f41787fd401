import type { JsonValue } from '@ahi-dicom/ahi-metadata'
import { cellText } from '../table/cell-text.ts'
import type { ColumnType, TableColumn } from '../table/table-column.ts'

/** A value in the writer's form. `null`: no value. */
type ParquetValue = string | number | bigint | boolean | null

/** A cell in the writer's form. */
export type ParquetCell = ParquetValue | readonly ParquetValue[]

/**
 * Returns a cell in its column's type. `value` is undefined if it is absent. A value that does not fit the type becomes
 * `null`, and `misfit` is called. An empty value becomes an empty text or an empty list, depending on the column.
 */
export function parquetCell(
  column: TableColumn,
  value: JsonValue | undefined,
  misfit: (column: TableColumn) => void,
): ParquetCell {
  if (value === undefined) return null
  if (!column.isList) return fitted(column, value, misfit)
  if (value === null) return []
  return (Array.isArray(value) ? value : [value]).map((one) => fitted(column, one, misfit))
}

function fitted(column: TableColumn, value: JsonValue, misfit: (column: TableColumn) => void): ParquetValue {
  const { type } = column
  if (type === 'string' || type === 'mixed' || type === 'json') return cellText(value)
  if (value === null) return null
  const fit = numberOrDate(type, value)
  if (fit === undefined) misfit(column)
  return fit ?? null
}

function numberOrDate(type: ColumnType, value: JsonValue): ParquetValue | undefined {
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'double':
      return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined
    case 'int32':
      return typeof value === 'number' && (value | 0) === value ? value : undefined
    case 'date':
      return typeof value === 'string' ? dayNumber(value) : undefined
    default: {
      const integer = integerOf(value)
      if (integer === undefined) return undefined
      const held = type === 'int64' ? BigInt.asIntN(64, integer) : BigInt.asUintN(64, integer)
      return held === integer ? integer : undefined
    }
  }
}

function integerOf(value: JsonValue): bigint | undefined {
  if (typeof value === 'bigint') return value
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined
}

/** Returns the days since 1970-01-01. */
function dayNumber(text: string): number | undefined {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) / 86_400_000 : undefined
}
