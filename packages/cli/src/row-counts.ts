import type { TableRow } from '@ahi-dicom/exporter'

/** What is counted of the rows of a table. */
interface TableCounts {
  readonly rows: number
  /** Rows by column whose value is not that of all their instances. */
  readonly differing: Readonly<Record<string, number>>
  /** Values by column that Parquet cannot hold. */
  readonly misfits: Readonly<Record<string, number>>
}

/** Counts rows as they pass. */
export interface RowCounts {
  of(rows: AsyncIterable<TableRow>): AsyncIterable<TableRow>
  addMisfits(this: void, misfits: ReadonlyMap<string, number>): void
  read(): TableCounts
}

/** Makes counts of nothing. */
export function createRowCounts(): RowCounts {
  let count = 0
  const differing = new Map<string, number>()
  let misfits: ReadonlyMap<string, number> = new Map()
  return {
    async *of(rows) {
      for await (const row of rows) {
        count += 1
        const names = row['differingColumns']
        for (const name of Array.isArray(names) ? names.map(String) : []) {
          differing.set(name, (differing.get(name) ?? 0) + 1)
        }
        yield row
      }
    },
    addMisfits: (counted) => void (misfits = counted),
    read: () => ({
      rows: count,
      differing: Object.fromEntries(differing),
      misfits: Object.fromEntries(misfits),
    }),
  }
}
