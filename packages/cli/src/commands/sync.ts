import { createAhiClient } from '@ahi-dicom/ahi-client'
import { createExporter, type ExportSummary, type SyncedImageSet } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import type { CommandContext } from '../command-context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { exportExitCode, formatExportSummary, tellEnd, tellFailure, tellStop } from '../export-summary.ts'
import { printJsonLine } from '../json-line.ts'
import { documentSettings } from '../options/document-options.ts'
import { readJob, type ReadJobOptions } from './recorded-job.ts'
import type { WorkOptions } from '../options/work-options.ts'
import { limitGarbage } from '../limit-garbage.ts'

/** Options of `sync`. */
export interface SyncOptions extends ReadJobOptions, WorkOptions {
  readonly out: string
  readonly delete?: true
  readonly dryRun?: true
}

/**
 * Brings an export up to date, and names image sets that are gone, or with `--dry-run` all that are not as the folder has
 * them. With `--json` a line for each such image set, then the summary.
 */
export async function runSync(
  texts: readonly string[],
  options: SyncOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, global, log, signal } = context
  const { out: directory, concurrency, threads, maxMemory, dryRun } = options
  limitGarbage()
  const { selection, files } = await readJob(directory, texts, options, context)
  await using client = createAhiClient({
    ...context.connection(),
    ...documentSettings(options),
    maxConnections: concurrency,
  })
  await using exporter = createExporter({ client, fetchConcurrency: concurrency, lanes: threads, maxMemory })
  const told: Promise<boolean>[] = []
  let summary: ExportSummary
  {
    using progress = context.startProgress()
    summary = await exporter.sync({
      ...selection,
      ...files,
      destination: folderDestination({ directory, mode: options.mode }),
      deleteGone: options.delete === true,
      dryRun: dryRun === true,
      stop: signal,
      onStop: (stop) => tellStop(stop, log),
      onProgress: (state) => progress.update(state),
      onFailure: (failure) => tellFailure(failure, log),
      onLockWait: ({ message }) => log.warn(message, { event: 'lock-wait' }),
      onImageSet(imageSet) {
        if (global.json === true) told.push(printJsonLine(terminal, imageSet))
        else if (isTold(imageSet, options)) log.info(lineOf(imageSet, options))
      },
    })
  }
  await Promise.all(told)
  if (global.json === true) await printJsonLine(terminal, summary)
  else if (global.quiet !== true) await terminal.print(formatExportSummary(summary, directory))
  if (dryRun === true) log.info('nothing was written or removed')
  tellEnd(summary, log)
  return exportExitCode(summary)
}

/** A run that writes tells of what it writes by its counts. */
function isTold({ change }: SyncedImageSet, options: SyncOptions): boolean {
  if (options.dryRun !== true) return change === 'deleted' || (change === 'gone' && options.delete !== true)
  return change !== 'gone' || options.delete !== true
}

function lineOf({ change, imageSetId, versionId }: SyncedImageSet, { dryRun }: SyncOptions): string {
  return `${dryRun === true && change === 'deleted' ? 'to be deleted' : change}: image set ${imageSetId}, version ${versionId}`
}
