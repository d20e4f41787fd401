import { printable } from '@ahi-dicom/ahi-metadata/printable'
import { cellText, rowJson, type TableColumn, type TableRow } from '@ahi-dicom/exporter'
import { schemaVersion } from './json-line.ts'
import { createStreamedTable } from './stream-table.ts'
import type { TableColumn as ShownColumn } from './table.ts'
import type { Terminal } from './terminal.ts'

/** The terminal that rows are printed on. */
export interface RowPlace {
  readonly terminal: Terminal
  /** Called before each print. */
  readonly beforePrint: () => void
}

/** Prints rows as a table for people. Returns false once the reader of standard output has gone. */
export async function printRows(
  rows: AsyncIterable<TableRow>,
  columns: readonly TableColumn[],
  { terminal, beforePrint }: RowPlace,
): Promise<boolean> {
  const table = createStreamedTable(columns.map(shownColumn), terminal, beforePrint)
  for await (const row of rows) {
    if (!(await table.add({ cells: columns.map(({ name }) => cellText(row[name] ?? null)) }))) return false
  }
  return await table.finish()
}

/** Prints rows as lines of JSON. Returns false once the reader of standard output has gone. */
export async function printJsonRows(
  rows: AsyncIterable<TableRow>,
  columns: readonly TableColumn[],
  { terminal, beforePrint }: RowPlace,
): Promise<boolean> {
  for await (const row of rows) {
    beforePrint()
    const line = `{"schemaVersion":${schemaVersion},"kind":"row","values":${rowJson(row, columns)}}\n`
    if (!(await terminal.print(line))) return false
  }
  return true
}

/** Returns the lines of a table with their control characters escaped. */
export function printableLines(chunk: Uint8Array): string {
  const lines = new TextDecoder().decode(chunk).split(/\r?\n/)
  return lines.map((line) => printable(line)).join('\n')
}

const numbers: ReadonlySet<string> = new Set(['int32', 'int64', 'uint64', 'double'])

/** Returns how a column is shown. Numbers and identifiers are never cut. */
function shownColumn({ name, type, isList }: TableColumn): ShownColumn {
  const isNumber = numbers.has(type) && !isList
  return { title: name, align: isNumber ? 'right' : 'left', mayBeCut: !isNumber && !/(?:UID|Id)$/.test(name) }
}
