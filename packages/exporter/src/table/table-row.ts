import type { JsonValue } from '@ahi-dicom/ahi-metadata'
import type { TableColumn, TableRow } from './table-column.ts'

/** Values in the order of the columns. Absent values are undefined. */
export type Cells = readonly (JsonValue | undefined)[]

/** Returns the row with these cells. */
export function tableRow(columns: readonly TableColumn[], cells: Cells): TableRow {
  const row: Record<string, JsonValue> = {}
  for (const [index, { name }] of columns.entries()) {
    const value = cells[index]
    if (value !== undefined) row[name] = value
  }
  return row
}
