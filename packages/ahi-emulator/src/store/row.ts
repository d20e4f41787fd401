import type { SQLOutputValue } from 'node:sqlite'

/** A row of a query, by column. */
export type Row = Readonly<Record<string, SQLOutputValue>>

/** Returns what `read` makes of a row; `undefined` if the query found none. */
export function readFound<Result>(row: Row | undefined, read: (row: Row) => Result): Result | undefined {
  return row === undefined ? undefined : read(row)
}

/** A text column that the schema has NOT NULL. */
export function textColumn(row: Row, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw new TypeError(`Cannot read column ${column}: it is no text`)
  return value
}

/** A text column that may be NULL. */
export function optionalText(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : textColumn(row, column)
}

/** An integer column that the schema has NOT NULL. */
export function integerColumn(row: Row, column: string): number {
  const value = row[column]
  if (typeof value !== 'number') throw new TypeError(`Cannot read column ${column}: it is no integer`)
  return value
}

/** An integer column that may be NULL. */
export function optionalInteger(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : integerColumn(row, column)
}
