import { checkUse } from '@ahi-dicom/export-files'
import type { SyncedImageSet } from '@ahi-dicom/exporter'
import type { CommandContext } from '../command-context.ts'
import type { NamedDestination } from '../destinations/destination-kinds.ts'
import type { DestinationOptions } from '../destinations/destination-options.ts'
import { UsageError } from '../errors.ts'
import type { ExitCode } from '../exit-codes.ts'
import { printJsonLine } from '../json-line.ts'
import { readJob, type ReadJobOptions } from './recorded-job.ts'
import { endJob, jobListeners, withExporter } from './run-job.ts'
import type { WorkOptions } from '../options/work-options.ts'

/** Options of `sync`. */
export interface SyncOptions extends ReadJobOptions, WorkOptions, DestinationOptions {
  readonly out?: NamedDestination
  readonly delete?: true
  readonly dryRun?: true
}

/**
 * Updates an export. Logs the image sets that are gone from AHI, or with `--dry-run` all image sets that differ from the
 * export. With `--json` it prints one line per image set, then the summary.
 */
export async function runSync(
  texts: readonly string[],
  options: SyncOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, global, log } = context
  const { out, dryRun } = options
  if (out === undefined) throw new UsageError('Cannot update an export without its destination: give --out DESTINATION')
  const output = await out.open(options, context)
  const { destination } = output
  checkUse(destination, 'sync')
  const { selection, files } = await readJob(destination, texts, options, context)
  const told: Promise<boolean>[] = []
  const summary = await withExporter(options, context, async (exporter) => {
    using progress = context.startProgress()
    return await exporter.sync({
      ...selection,
      ...files,
      ...jobListeners(progress, output, context),
      destination,
      deleteGone: options.delete === true,
      dryRun: dryRun === true,
      onImageSet(imageSet) {
        if (global.json === true) told.push(printJsonLine(terminal, imageSet))
        else if (isTold(imageSet, options)) log.info(lineOf(imageSet, options), { event: 'image-set', ...imageSet })
      },
    })
  })
  await Promise.all(told)
  if (dryRun === true) log.info('nothing was written or removed')
  return await endJob(summary, output, context)
}

/** Returns true if an image set is logged. Image sets that were written are counted in the summary. */
function isTold({ change }: SyncedImageSet, options: SyncOptions): boolean {
  if (options.dryRun !== true) return change === 'deleted' || (change === 'gone' && options.delete !== true)
  return change !== 'gone' || options.delete !== true
}

function lineOf({ change, imageSetId, versionId }: SyncedImageSet, { dryRun }: SyncOptions): string {
  return `${dryRun === true && change === 'deleted' ? 'to be deleted' : change}: image set ${imageSetId}, version ${versionId}`
}
