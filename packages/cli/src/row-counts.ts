import type { TableRow } from '@ahi-dicom/exporter'

/** Counts of the rows of a table. */
interface TableCounts {
  readonly rows: number
  /** By column, the rows whose instances have different values. */
  readonly differing: Readonly<Record<string, number>>
  /** By column, the values that Parquet cannot hold. */
  readonly misfits: Readonly<Record<string, number>>
}

/** Counts rows while they are written. */
export interface RowCounts {
  of(rows: AsyncIterable<TableRow>): AsyncIterable<TableRow>
  addMisfits(this: void, misfits: ReadonlyMap<string, number>): void
  read(): TableCounts
}

/** Returns counts that start at zero. */
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
