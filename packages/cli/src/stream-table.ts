import type { Terminal } from './terminal.ts'
import { formatTable, type TableColumn } from './table.ts'

/** One row of a table that is printed while its rows arrive. */
export interface StreamedRow {
  readonly cells: readonly string[]
  /** A line above the row. Left out if the row before has the same heading. */
  readonly heading?: string | undefined
  /** Text after the last cell. */
  readonly note?: string | undefined
}

/** A table that is printed while its rows arrive. */
export interface StreamedTable {
  /** Returns false once the reader of standard output has gone. */
  add(row: StreamedRow): Promise<boolean>
  /** Prints the remaining rows. */
  finish(): Promise<boolean>
}

/** Number of rows that are aligned with each other and printed together. */
const rowsAtATime = 50
const longestWaitMs = 1000

/** Returns a table that holds few rows in memory. `beforePrint` is called before each print. */
export function createStreamedTable(
  columns: readonly TableColumn[],
  { print, outputColumns }: Pick<Terminal, 'print' | 'outputColumns'>,
  beforePrint: () => void,
): StreamedTable {
  let rows: StreamedRow[] = []
  let printedAt = performance.now()
  let lastHeading: string | undefined
  let hasTitles = false

  function text(): string {
    const [titles = '', ...lines] = formatTable(
      columns,
      rows.map(({ cells }) => cells),
      { width: outputColumns },
    ).split('\n')
    const parts = hasTitles ? [] : [titles]
    hasTitles = true
    for (const [index, { heading, note }] of rows.entries()) {
      if (heading !== undefined && heading !== lastHeading) parts.push(heading)
      lastHeading = heading
      parts.push(`${lines[index] ?? ''}${note ?? ''}`)
    }
    return `${parts.join('\n')}\n`
  }

  async function finish(): Promise<boolean> {
    if (rows.length === 0) return true
    beforePrint()
    const printed = text()
    rows = []
    printedAt = performance.now()
    return await print(printed)
  }

  return {
    async add(row) {
      rows.push(row)
      return rows.length < rowsAtATime && performance.now() - printedAt < longestWaitMs ? true : await finish()
    },
    finish,
  }
}
