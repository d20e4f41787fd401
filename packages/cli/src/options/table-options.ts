import { UsageError } from '../errors.ts'

/** File formats of a table. */
export type TableFormat = 'csv' | 'ndjson' | 'parquet'

/** Levels of the rows of a table. */
export type TableRowLevel = 'instance' | 'series' | 'study'

/** Path and format of a table. */
export interface TableOutput {
  /** Undefined for standard output. */
  readonly path: string | undefined
  readonly format: TableFormat
}

const formatsByEnding: Readonly<Record<string, TableFormat>> = {
  '.csv': 'csv',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.parquet': 'parquet',
}

/**
 * Returns path and format of a table. `-` is standard output. Default format: by the file's ending, or `csv` for `-`.
 * @throws {UsageError} if the format is unknown, or the path cannot be a file
 */
export function tableOutput(out: string, format: TableFormat | undefined): TableOutput {
  if (out === '-') return { path: undefined, format: format ?? 'csv' }
  if (out === '' || /[/\\]$/.test(out)) throw refused(out, 'it is not the name of a file; give one such as table.csv')
  if (/^[a-z][a-z0-9+.-]+:/i.test(out)) throw refused(out, 'it is a URL; name a local file')
  const ending = /\.[a-z]+$/i.exec(out)?.[0].toLowerCase() ?? ''
  const known = format ?? formatsByEnding[ending]
  if (known === undefined) {
    throw refused(out, 'its ending is not a known format; use .csv, .ndjson or .parquet, or give --format')
  }
  return { path: out, format: known }
}

function refused(out: string, why: string): UsageError {
  return new UsageError(`Cannot write the table to '${out}': ${why}`)
}
