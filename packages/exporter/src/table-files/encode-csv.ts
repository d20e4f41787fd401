import type { JsonValue } from '@ahi-dicom/ahi-metadata'
import { cellText } from '../table/cell-text.ts'
import type { TableColumn, TableRow } from '../table/table-column.ts'
import { textChunks } from './text-chunks.ts'

/** Options of {@link encodeCsv}. */
export interface CsvOptions {
  /**
   * Write for spreadsheet programs. Adds a byte order mark, without which they may assume another character set. Puts
   * an apostrophe before text that starts with `=`, `+`, `-`, `@`, a tab or a line end, which they would calculate as a
   * formula. Default false: values are exact.
   */
  readonly forSpreadsheets?: boolean | undefined
}

/**
 * Yields a table as CSV (RFC 4180, UTF-8), with the column names in the first line. An empty value is `""`, an absent
 * value is an empty field. Several values are joined by backslashes, and items of sequences are JSON.
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

/** Returns a line. A single empty field is quoted, because readers skip empty lines. */
function line(fields: readonly string[]): string {
  return `${fields.length === 1 && fields[0] === '' ? '""' : fields.join(',')}\r\n`
}

function csvField(value: JsonValue, forSpreadsheets: boolean): string {
  const text = cellText(value)
  const isFormula = forSpreadsheets && typeof value !== 'number' && typeof value !== 'bigint' && formula.test(text)
  return field(isFormula ? `'${text}` : text)
}

/** Matches text that spreadsheets take as a formula, including full-width characters (OWASP, CSV injection). */
const formula = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/

function field(text: string): string {
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
