import { createAhiClient, type AhiClient } from '@ahi-dicom/ahi-client'
import { createExporter, type Exporter, type ExportOptions } from '@ahi-dicom/exporter'
import { cachedClient } from '../cached-client.ts'
import type { CommandContext } from '../command-context.ts'
import type { OpenOutput } from '../destinations/destination-kind.ts'
import type { ExitCode } from '../exit-codes.ts'
import {
  exportExitCode,
  formatExportSummary,
  tellEnd,
  tellFailure,
  tellStop,
  tellWarning,
  type ShownSummary,
} from '../export-summary.ts'
import { jsonLine } from '../json-line.ts'
import { limitGarbage } from '../limit-garbage.ts'
import { documentSettings } from '../options/document-options.ts'
import type { CacheOption } from '../options/plan-options.ts'
import type { WorkOptions } from '../options/work-options.ts'
import { findPage } from '../page-file.ts'
import type { Progress } from '../progress.ts'

/** Makes a client and an exporter with the options, runs a task with them, and closes them. */
export async function withExporter<Result>(
  options: WorkOptions & CacheOption,
  context: CommandContext,
  task: (exporter: Exporter, client: AhiClient) => Promise<Result>,
): Promise<Result> {
  const { concurrency, threads, maxMemory, cache } = options
  limitGarbage()
  await using own = createAhiClient({
    ...context.connection(),
    ...documentSettings(options),
    maxConnections: concurrency,
  })
  const client = cachedClient(own, cache, context.log)
  await using exporter = createExporter({ client, fetchConcurrency: concurrency, lanes: threads, maxMemory })
  return await task(exporter, own)
}

/** Returns the signal that stops a job, and functions that log its progress, failures and warnings. */
export function jobListeners(
  progress: Progress,
  output: OpenOutput,
  { signal, log }: CommandContext,
): Pick<ExportOptions, 'stop' | 'onStop' | 'onProgress' | 'onFailure' | 'onWarning' | 'onLockWait'> {
  return {
    stop: signal,
    onStop: (stop) => tellStop(stop, log),
    onProgress: (state) => progress.update(state),
    onFailure: (failure) => tellFailure(failure, output, log),
    onWarning: (warning) => tellWarning(warning, output, log),
    onLockWait: ({ message }) => log.warn(message, { event: 'lock-wait' }),
  }
}

/** Prints the summary of a job, and returns its exit code. `next` is passed to `formatExportSummary`. */
export async function endJob(
  summary: ShownSummary,
  output: OpenOutput,
  { terminal, global, log }: CommandContext,
  next?: string,
): Promise<ExitCode> {
  const print = output.isStandardOutput === true ? async (text: string) => terminal.message(text) : terminal.print
  if (global.json === true) await print(jsonLine(summary))
  else if (global.quiet !== true) await print(formatExportSummary(summary, output, next))
  tellEnd(summary, log)
  const page = output.directory === undefined ? undefined : await findPage(output.directory)
  if (page !== undefined) {
    log.info(`${page} is older than this export: update it with ahi-dicom report`, { event: 'page-outdated' })
  }
  return exportExitCode(summary)
}
