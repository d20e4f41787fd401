import {
  encodeCsv,
  encodeNdjson,
  encodeParquet,
  splitColumns,
  tableColumns,
  type Exporter,
  type TableColumn,
  type TableRow,
  type TableShape,
} from '@ahi-dicom/exporter'
import { writeAtomically } from '@ahi-dicom/exporter-fs'
import { stat } from 'node:fs/promises'
import type { CommandContext } from '../command-context.ts'
import { UsageError } from '../errors.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { createFailureCounts, type FailureCounts } from '../failure-counts.ts'
import { jsonLine } from '../json-line.ts'
import type { DocumentOptions } from '../options/document-options.ts'
import type { CacheOption } from '../options/plan-options.ts'
import { checkSelection, readSelection, type Selection, type SelectionOptions } from '../options/selection-options.ts'
import { tableOutput, type TableFormat, type TableOutput, type TableRowLevel } from '../options/table-options.ts'
import type { Progress } from '../progress.ts'
import { formatCount } from '../quantities.ts'
import { createRowCounts, type RowCounts } from '../row-counts.ts'
import { printableLines, printJsonRows, printRows } from '../table-text.ts'
import { withExporter } from './run-job.ts'

/** Options of `table`. */
export interface TableOptions extends SelectionOptions, DocumentOptions, CacheOption {
  readonly columns?: readonly string[]
  readonly level?: TableRowLevel
  readonly out?: string
  readonly format?: TableFormat
  readonly forSpreadsheets?: true
  /** Bytes. */
  readonly maxMemory?: number
}

/** Writes a table of attributes to a file or to standard output. Without `--out` it prints a table for people or lines of JSON. */
export async function writeTable(
  texts: readonly string[],
  options: TableOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, global, log, signal } = context
  checkSelection(texts, options)
  const output = outputOf(options, terminal.outputColumns !== undefined)
  const { level = 'instance' } = options
  const shape = { level, columns: options.columns?.flatMap(splitColumns) }
  const columns = tableColumns(shape)
  if (output?.path !== undefined) await checkFile(output.path)
  const selection = await readSelection(texts, options, context)
  const counts = createRowCounts()
  const failures = createFailureCounts()
  const isRead = await withExporter(options, context, async (exporter) => {
    using progress = context.startProgress()
    const rows = counts.of(
      selectRows(exporter, { selection, shape: watched(shape, columns), failures, progress, context }),
    )
    return await passRows(rows, { columns, output, options, counts, progress, context, signal })
  })
  if (!isRead) return exitCodes.ok
  const { rows, differing, misfits } = counts.read()
  const exitCode = failures.exitCode(rows)
  if (exitCode === exitCodes.nothingSelected) log.info('nothing matches the selection')
  tellDifferences(counts, columns, context)
  if (global.json === true) {
    const file = output?.path === undefined ? {} : { file: output.path, format: output.format }
    const line = jsonLine({ kind: 'table', level, ...file, rows, differing, misfits, errors: failures.byCode() })
    await (output !== undefined && output.path === undefined ? terminal.message(line) : terminal.print(line))
  } else if (output?.path !== undefined && global.quiet !== true) {
    await terminal.print(`${formatCount(rows, 'row')} written\nto ${output.path}\n`)
  }
  return exitCode
}

/** Returns the path and format of the table, or undefined for a table for people or lines of JSON. */
function outputOf({ out, format, forSpreadsheets }: TableOptions, isTerminal: boolean): TableOutput | undefined {
  if (out === undefined) {
    if (format !== undefined)
      throw new UsageError('Cannot use --format without --out: add --out FILE, or --out - for standard output')
    if (forSpreadsheets === true)
      throw new UsageError('Cannot use --for-spreadsheets without --out: add --out FILE.csv')
    return undefined
  }
  const output = tableOutput(out, format)
  if (forSpreadsheets === true && output.format !== 'csv') {
    throw new UsageError(`Cannot use --for-spreadsheets for ${output.format}: it applies to CSV only; leave it out`)
  }
  if (output.path === undefined && output.format === 'parquet' && isTerminal) {
    throw new UsageError('Cannot write Parquet to a terminal: name a file with --out FILE.parquet')
  }
  return output
}

/** Refuses devices and pipes. The table is renamed to its path, which would replace them. */
async function checkFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined || found.isFile()) return
  throw new UsageError(
    `Cannot write the table to '${path}': it is not a regular file; name a file, or give --out - and redirect standard output`,
  )
}

/** Returns the shape with the column `differingColumns`, so that differences are counted even if no column shows them. */
function watched({ level, columns }: TableShape, known: readonly TableColumn[]): TableShape {
  if (level === 'instance' || known.some(({ source }) => source.kind === 'differing')) return { level, columns }
  return { level, columns: [...known.map(({ name }) => name), 'differingColumns'] }
}

interface Rows {
  readonly selection: Selection
  readonly shape: TableShape
  readonly failures: FailureCounts
  readonly progress: Progress
  readonly context: CommandContext
}

function selectRows(
  exporter: Exporter,
  { selection, shape, failures, progress, context: { log, signal } }: Rows,
): AsyncIterable<TableRow> {
  return exporter.table({
    ...selection,
    ...shape,
    signal,
    onFailure(failure) {
      failures.add(failure)
      const { message, ...facts } = failure
      log.error(message, { event: 'item-failed', ...facts })
    },
    onProgress: ({ imageSets, isTotalKnown }) =>
      progress.update({
        noun: 'image sets',
        instances: { ...imageSets, failed: 0 },
        isTotalKnown,
        frames: { done: 0, total: 0 },
        bytesFetched: 0,
      }),
  })
}

interface Passing {
  readonly columns: readonly TableColumn[]
  readonly output: TableOutput | undefined
  readonly options: TableOptions
  readonly counts: RowCounts
  readonly progress: Progress
  readonly context: CommandContext
  readonly signal: AbortSignal
}

/** Writes the rows. Returns false once the reader of standard output has gone. */
async function passRows(rows: AsyncIterable<TableRow>, passing: Passing): Promise<boolean> {
  const { columns, output, progress, signal } = passing
  const { terminal, global } = passing.context
  const place = { terminal, beforePrint: () => progress.clear() }
  if (output === undefined) {
    return global.json === true ? await printJsonRows(rows, columns, place) : await printRows(rows, columns, place)
  }
  const chunks = encoded(rows, { ...passing, output })
  if (output.path !== undefined) {
    await writeAtomically(output.path, chunks, { signal })
    return true
  }
  const isText = output.format !== 'parquet' && terminal.outputColumns !== undefined
  for await (const chunk of chunks) {
    progress.clear()
    if (!(await terminal.print(isText ? printableLines(chunk) : chunk))) return false
  }
  return true
}

function encoded(
  rows: AsyncIterable<TableRow>,
  { columns, output, options, counts }: Passing & { readonly output: TableOutput },
): AsyncIterable<Uint8Array> {
  if (output.format === 'csv') return encodeCsv(rows, columns, { forSpreadsheets: options.forSpreadsheets })
  if (output.format === 'ndjson') return encodeNdjson(rows, columns)
  return encodeParquet(rows, columns, { onMisfits: counts.addMisfits })
}

/** Warns of columns whose instances differ, and of values that do not fit. Names columns only, never values. */
function tellDifferences(counts: RowCounts, columns: readonly TableColumn[], { log }: CommandContext): void {
  const { differing, misfits } = counts.read()
  const names = Object.keys(differing)
  if (names.length > 0 && !columns.some(({ source }) => source.kind === 'differing')) {
    const parts = names.map((name) => `${name} in ${formatCount(differing[name] ?? 0, 'row')}`)
    log.warn(
      `some rows show the values of their first instance, but other instances have different ones: ${parts.join(', ')}; ` +
        'add the column differingColumns to see which',
    )
  }
  for (const [name, count] of Object.entries(misfits)) {
    log.warn(
      `${formatCount(count, 'value')} of ${name} do not fit the column's type and are null; CSV and NDJSON keep them`,
    )
  }
}
