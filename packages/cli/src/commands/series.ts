import { createAhiClient } from '@ahi-dicom/ahi-client'
import { createExporter, type ErrorEntry } from '@ahi-dicom/exporter'
import type { CommandContext } from '../command-context.ts'
import { type DocumentOptions, documentSettings } from '../options/document-options.ts'
import { NothingSelectedError } from '../errors.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { printJsonLine } from '../json-line.ts'
import { formatTable, type TableColumn } from '../table.ts'

/** Options of `series`. */
export interface SeriesOptions extends DocumentOptions {
  readonly study: string
  readonly includeNonPrimary?: true
}

/**
 * Lists the series of a study with their image sets: a table, or with `--json` a `SeriesSummary` a line. An image set
 * that cannot be read is named, and the others are listed.
 */
export async function listSeries(options: SeriesOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal, global, log, signal } = context
  const selection = {
    datastoreId: context.datastoreId(),
    studyInstanceUid: options.study,
    nonPrimary: options.includeNonPrimary === true ? 'include' : 'exclude',
    signal,
  } as const
  await using client = createAhiClient({ ...context.connection(), ...documentSettings(options) })
  await using exporter = createExporter({ client })
  let exitCode: ExitCode = exitCodes.ok
  const onFailure = ({ code, message, retryable }: ErrorEntry): void => {
    if (code === 'NOTHING_SELECTED') throw new NothingSelectedError(message)
    if (exitCode !== exitCodes.someFailed) exitCode = retryable ? exitCodes.retryable : exitCodes.someFailed
    log.error(message)
  }
  const rows: string[][] = []
  for await (const series of exporter.listSeries({ ...selection, onFailure })) {
    if (global.json === true) {
      if (!(await printJsonLine(terminal, series))) break
      continue
    }
    rows.push([
      series.imageSetId,
      String(series.seriesNumber ?? ''),
      series.modality ?? '',
      series.seriesDescription ?? '',
      String(series.instanceCount),
      series.seriesInstanceUid,
    ])
  }
  if (rows.length > 0) await terminal.print(formatTable(columns, rows, { width: terminal.outputColumns }))
  return exitCode
}

const columns: readonly TableColumn[] = [
  { title: 'ImageSetId' },
  { title: 'SeriesNumber', align: 'right' },
  { title: 'Modality' },
  { title: 'SeriesDescription', mayBeCut: true },
  { title: 'InstanceCount', align: 'right' },
  { title: 'SeriesInstanceUID' },
]
