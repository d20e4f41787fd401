import { createAhiClient } from '@ahi-dicom/ahi-client'
import {
  createExporter,
  type Exporter,
  type ExportOptions as JobOptions,
  type ExportSummary,
} from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { cachedClient } from '../cached-client.ts'
import type { CommandContext } from '../command-context.ts'
import type { GivenOptions } from '../options/given-options.ts'
import { documentSettings } from '../options/document-options.ts'
import { UsageError } from '../errors.ts'
import type { ExitCode } from '../exit-codes.ts'
import { exportExitCode, formatExportSummary, tellEnd, tellFailure, tellStop } from '../export-summary.ts'
import { printJsonLine } from '../json-line.ts'
import { readJob } from './recorded-job.ts'
import { checkSelection } from '../options/selection-options.ts'
import { limitGarbage } from '../limit-garbage.ts'
import { runPlan, type PlanOptions } from './plan.ts'

/** Options of `export`. */
export interface ExportOptions extends PlanOptions {
  readonly resume?: true
  readonly overwrite?: true
  readonly dryRun?: true
  readonly given: GivenOptions
}

/** The main job. Exit code and summary say how it ended; what failed is in `errors.ndjson` of the folder. */
export async function runExport(
  texts: readonly string[],
  options: ExportOptions,
  context: CommandContext,
): Promise<ExitCode> {
  if (options.dryRun === true) return await runPlan(texts, options, context)
  if (options.resume !== true) checkSelection(texts, options)
  const { out: directory, concurrency, threads, maxMemory, cache } = options
  if (directory === undefined) {
    throw new UsageError('Cannot tell where to export to: give --out DIR, or --dry-run to see what would be exported')
  }
  limitGarbage()
  const { selection, files } = await readJob(options.resume === true ? directory : undefined, texts, options, context)
  await using own = createAhiClient({
    ...context.connection(),
    ...documentSettings(options),
    maxConnections: concurrency,
  })
  const client = cachedClient(own, cache, context.log)
  await using exporter = createExporter({ client, fetchConcurrency: concurrency, lanes: threads, maxMemory })
  const destination = folderDestination({ directory, mode: options.mode })
  const summary = await exportTo(exporter, { ...selection, ...files, destination, mode: modeOf(options) }, context)
  if (context.global.json === true) await printJsonLine(context.terminal, summary)
  else if (context.global.quiet !== true) await context.terminal.print(formatExportSummary(summary, directory))
  tellEnd(summary, context.log)
  return exportExitCode(summary)
}

async function exportTo(
  exporter: Exporter,
  options: JobOptions,
  { startProgress, signal, log }: CommandContext,
): Promise<ExportSummary> {
  using progress = startProgress()
  return await exporter.exportTo({
    ...options,
    stop: signal,
    onStop: (stop) => tellStop(stop, log),
    onProgress: (state) => progress.update(state),
    onFailure: (failure) => tellFailure(failure, log),
    onLockWait: ({ message }) => log.warn(message, { event: 'lock-wait' }),
  })
}

function modeOf({ resume, overwrite }: ExportOptions): NonNullable<JobOptions['mode']> {
  if (resume === true) return 'resume'
  return overwrite === true ? 'overwrite' : 'new'
}
