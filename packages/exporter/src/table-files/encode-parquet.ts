import type * as hyparquetWriter from 'hyparquet-writer'
import type { TableColumn, TableRow } from '../table/table-column.ts'
import { ParquetWriterMissingError } from '../errors.ts'
import { parquetCell, type ParquetCell } from './parquet-cell.ts'
import { parquetSchema } from './parquet-schema.ts'

/** Options of {@link encodeParquet}. */
export interface ParquetOptions {
  /**
   * Called at the end with the number of misfits by column. A misfit is a value that is not of the column's type. It is
   * written as null.
   */
  readonly onMisfits?: ((misfits: ReadonlyMap<string, number>) => void) | undefined
}

/** The most rows in a row group, and the most characters. A row group is in memory while it is written. */
const groupRows = 1 << 16
const groupCharacters = 1 << 23

/**
 * Yields a table as Parquet, one row group after the other, compressed with Snappy. The first call loads the package
 * `hyparquet-writer`, which you install yourself.
 *
 * @throws {ParquetWriterMissingError} if that package is not installed
 * @example
 * import { encodeParquet, tableColumns } from '@ahi-dicom/exporter'
 * import { writeAtomically } from '@ahi-dicom/exporter-fs'
 *
 * const rows = exporter.table({ datastoreId, selectors: 'all' })
 * await writeAtomically('instances.parquet', encodeParquet(rows, tableColumns()))
 */
export async function* encodeParquet(
  rows: AsyncIterable<TableRow>,
  columns: readonly TableColumn[],
  { onMisfits }: ParquetOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { ByteWriter, ParquetWriter } = await loadWriter()
  const writer = new ByteWriter()
  const file = new ParquetWriter({ writer, schema: parquetSchema(columns), createdBy: 'ahi-dicom' })
  const misfits = new Map<string, number>()

  function take(): Uint8Array {
    const bytes = writer.getBytes().slice()
    writer.index = 0
    return bytes
  }

  for await (const data of rowGroups(rows, columns, misfits)) {
    const rowGroupSize = data[0]?.length ?? 0
    await file.write({
      columnData: columns.map(({ name }, index) => ({ name, data: data[index] ?? [] })),
      rowGroupSize,
    })
    yield take()
  }
  await file.finish()
  yield take()
  onMisfits?.(misfits)
}

/** Yields the cells of row groups, column by column. */
async function* rowGroups(
  rows: AsyncIterable<TableRow>,
  columns: readonly TableColumn[],
  misfits: Map<string, number>,
): AsyncGenerator<ParquetCell[][], void, undefined> {
  function misfit({ name }: TableColumn): void {
    misfits.set(name, (misfits.get(name) ?? 0) + 1)
  }

  let data: ParquetCell[][] = columns.map(() => [])
  let count = 0
  let characters = 0
  for await (const row of rows) {
    for (const [index, column] of columns.entries()) {
      const value = Object.hasOwn(row, column.name) ? row[column.name] : undefined
      const cell = parquetCell(column, value, misfit)
      data[index]?.push(cell)
      characters += lengthOf(cell)
    }
    count += 1
    if (count < groupRows && characters < groupCharacters) continue
    yield data
    data = columns.map(() => [])
    count = 0
    characters = 0
  }
  if (count > 0) yield data
}

function lengthOf(cell: ParquetCell): number {
  if (typeof cell === 'string') return cell.length
  return typeof cell === 'object' && cell !== null ? cell.reduce((sum: number, one) => sum + lengthOf(one) + 1, 0) : 0
}

async function loadWriter(): Promise<typeof hyparquetWriter> {
  try {
    return await import('hyparquet-writer')
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND'
    throw isMissing ? new ParquetWriterMissingError({ cause }) : cause
  }
}
