import { checkUse } from '@ahi-dicom/export-files'
import type { ExportOptions as JobOptions } from '@ahi-dicom/exporter'
import type { CommandContext } from '../command-context.ts'
import type { GivenOptions } from '../options/given-options.ts'
import { UsageError } from '../errors.ts'
import type { ExitCode } from '../exit-codes.ts'
import { readJob } from './recorded-job.ts'
import { checkSelection } from '../options/selection-options.ts'
import { runPlan, type PlanOptions } from './plan.ts'
import { endJob, jobListeners, withExporter } from './run-job.ts'

/** Options of `export`. */
export interface ExportOptions extends PlanOptions {
  readonly resume?: true
  readonly overwrite?: true
  readonly dryRun?: true
  readonly given: GivenOptions
}

/** Exports instances, prints the summary and returns the exit code. Failed items are in `errors.ndjson` of the record. */
export async function runExport(
  texts: readonly string[],
  options: ExportOptions,
  context: CommandContext,
): Promise<ExitCode> {
  if (options.dryRun === true) return await runPlan(texts, options, context)
  if (options.resume !== true) checkSelection(texts, options)
  if (options.out === undefined) {
    throw new UsageError(
      'Cannot export without a destination: give --out DESTINATION, or --dry-run to see what would be exported',
    )
  }
  const output = await options.out.open(options, context)
  const { destination } = output
  if (options.resume === true) checkUse(destination, 'resume')
  const { selection, files } = await readJob(options.resume === true ? destination : undefined, texts, options, context)
  const summary = await withExporter(options, context, async (exporter) => {
    using progress = context.startProgress()
    const listeners = jobListeners(progress, output, context)
    return await exporter.exportTo({ ...selection, ...files, ...listeners, destination, mode: modeOf(options) })
  })
  return await endJob(summary, output, context)
}

function modeOf({ resume, overwrite }: ExportOptions): NonNullable<JobOptions['mode']> {
  if (resume === true) return 'resume'
  return overwrite === true ? 'overwrite' : 'new'
}
