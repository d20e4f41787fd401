import type { JsonValue } from '@ahi-dicom/ahi-metadata'
import { cellText } from '../table/cell-text.ts'
import type { TableColumn, TableRow } from '../table/table-column.ts'
import { textChunks } from './text-chunks.ts'

/** Options of {@link encodeCsv}. */
export interface CsvOptions {
  /**
   * Writes for programs that calculate what looks like a formula, and that take a file without a byte order mark for one of
   * another character set: an apostrophe before text that begins with `=`, `+`, `-`, `@`, a tab or a line end, and the mark.
   * Default false: values are exact.
   */
  readonly forSpreadsheets?: boolean | undefined
}

/**
 * Yields a table as CSV (RFC 4180, UTF-8) with the names of the columns in the first line. A value that is empty is `""`, one
 * that is absent is nothing. Several values have backslashes between them, and items of sequences are JSON.
 *
 * @example
 * import { encodeCsv, tableColumns } from '@ahi-dicom/exporter'
 * import { writeAtomically } from '@ahi-dicom/exporter-fs'
 *
 * const shape = { level: 'series', columns: ['SeriesInstanceUID', 'Modality'] } as const
 * const rows = exporter.table({ datastoreId, selectors: 'all', ...shape })
 * await writeAtomically('series.csv', encodeCsv(rows, tableColumns(shape)))
 */
export function encodeCsv(
  rows: AsyncIterable<TableRow>,
  columns: readonly TableColumn[],
  { forSpreadsheets = false }: CsvOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  return textChunks(csvLines(rows, columns, forSpreadsheets))
}

async function* csvLines(
  rows: AsyncIterable<TableRow>,
  columns: readonly TableColumn[],
  forSpreadsheets: boolean,
): AsyncGenerator<string, void, undefined> {
  const names = columns.map(({ name }) => name)
  yield `${forSpreadsheets ? '\u{FEFF}' : ''}${line(names.map(field))}`
  for await (const row of rows) {
    yield line(names.map((name) => (Object.hasOwn(row, name) ? csvField(row[name] ?? null, forSpreadsheets) : '')))
  }
}

/** Readers pass over an empty line. */
function line(fields: readonly string[]): string {
  return `${fields.length === 1 && fields[0] === '' ? '""' : fields.join(',')}\r\n`
}

function csvField(value: JsonValue, forSpreadsheets: boolean): string {
  const text = cellText(value)
  const isFormula = forSpreadsheets && typeof value !== 'number' && typeof value !== 'bigint' && formula.test(text)
  return field(isFormula ? `'${text}` : text)
}

/** What spreadsheets take for the beginning of a formula, full-width forms included (OWASP, CSV injection). */
const formula = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/

function field(text: string): string {
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
