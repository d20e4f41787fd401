import { UsageError } from '../errors.ts'

/** Forms of a table. */
export type TableFormat = 'csv' | 'ndjson' | 'parquet'

/** Levels of the rows of a table. */
export type TableRowLevel = 'instance' | 'series' | 'study'

/** Where a table goes, and in which form. */
export interface TableOutput {
  /** Path of a file; undefined for standard output. */
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
 * Returns where a table goes: `-` is standard output. The format is the one that is asked for, or that of the file's ending.
 * @throws {UsageError} if neither tells the format
 */
export function tableOutput(out: string, format: TableFormat | undefined): TableOutput {
  if (out === '-') return { path: undefined, format: format ?? 'csv' }
  if (out === '' || /[/\\]$/.test(out)) throw refused(out, 'it names no file')
  if (/^[a-z][a-z0-9+.-]+:/i.test(out)) throw refused(out, 'it is a URL; give a file of this machine')
  const ending = /\.[a-z]+$/i.exec(out)?.[0].toLowerCase() ?? ''
  const known = format ?? formatsByEnding[ending]
  if (known === undefined) {
    throw refused(out, 'its ending tells no format; end it with .csv, .ndjson or .parquet, or give --format')
  }
  return { path: out, format: known }
}

function refused(out: string, why: string): UsageError {
  return new UsageError(`Cannot write the table to '${out}': ${why}`)
}
