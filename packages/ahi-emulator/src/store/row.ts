import type { SQLOutputValue } from 'node:sqlite'

/** A row of a query result, by column. */
export type Row = Readonly<Record<string, SQLOutputValue>>

/** Returns the result of `read` for a row, or `undefined` if the query found none. */
export function readFound<Result>(row: Row | undefined, read: (row: Row) => Result): Result | undefined {
  return row === undefined ? undefined : read(row)
}

/** Returns a text column that is NOT NULL in the schema. */
export function textColumn(row: Row, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw new TypeError(`Cannot read column ${column}: it is not text`)
  return value
}

/** Returns a text column that may be NULL. */
export function optionalText(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : textColumn(row, column)
}

/** Returns an integer column that is NOT NULL in the schema. */
export function integerColumn(row: Row, column: string): number {
  const value = row[column]
  if (typeof value !== 'number') throw new TypeError(`Cannot read column ${column}: it is not an integer`)
  return value
}

/** Returns an integer column that may be NULL. */
export function optionalInteger(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : integerColumn(row, column)
}
