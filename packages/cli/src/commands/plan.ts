import {
  estimateCost,
  estimateSeconds,
  type Exporter,
  type ExportPlan,
  type PlannedImageSet,
  type PlanOptions as JobOptions,
} from '@ahi-dicom/exporter'
import type { CommandContext } from '../command-context.ts'
import { limitsInCommandWords } from '../command-words.ts'
import type { NamedDestination } from '../destinations/destination-kinds.ts'
import type { DestinationOptions } from '../destinations/destination-options.ts'
import { isEmptySelector } from '../empty-selectors.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { printJsonLine } from '../json-line.ts'
import { createSample, measureRate, type Sample } from '../measure-rate.ts'
import { filesOf, type FileOptions } from '../options/file-options.ts'
import type { CacheOption, PlanDetailOptions } from '../options/plan-options.ts'
import { readPrices } from '../options/prices.ts'
import { checkSelection, readSelection, type SelectionOptions } from '../options/selection-options.ts'
import type { WorkOptions } from '../options/work-options.ts'
import { formatPlan, imageSetColumns, imageSetRow, type PlanReport } from '../plan-text.ts'
import { withExporter } from './run-job.ts'
import { createStreamedTable } from '../stream-table.ts'

/** Options of `plan`, and of `export --dry-run`. */
export interface PlanOptions
  extends SelectionOptions, FileOptions, WorkOptions, PlanDetailOptions, CacheOption, DestinationOptions {
  readonly out?: NamedDestination
}

/** Prints what an export would do, as text or JSON. Fetches only metadata, unless `--measure` is given. */
export async function runPlan(
  texts: readonly string[],
  options: PlanOptions,
  context: CommandContext,
): Promise<ExitCode> {
  checkSelection(texts, options)
  const files = filesOf(options)
  const prices = await readPrices(options.prices)
  const selection = await readSelection(texts, options, context)
  const { cache, out } = options
  const output = await out?.open(options, context)
  const destination = output?.destination
  const job = { ...selection, ...files, destination, keepsDocuments: cache !== undefined }
  const sample = createSample()
  const { plan, measured } = await withExporter(options, context, async (exporter) => {
    const plan = await readPlan(exporter, job, { context, options, sample })
    if (plan === undefined || options.measure !== true) return { plan, measured: undefined }
    return { plan, measured: await measureRate(exporter, sample, { ...selection, ...files }, context) }
  })
  if (plan === undefined) return exitCodes.ok
  const rate = measured ?? options.rate
  const report: PlanReport = {
    plan,
    atQuotas: estimateSeconds(plan),
    atRate: rate && { ...rate, isMeasured: measured !== undefined, ...estimateSeconds(plan, { rate }) },
    cost: estimateCost(plan, prices),
    ...(destination && { destination: { name: destination.name, cannot: limitsInCommandWords(destination.cannot) } }),
  }
  await tellPlan(report, context)
  return planExitCode(plan)
}

interface Reading {
  readonly context: CommandContext
  readonly options: PlanOptions
  readonly sample: Sample
}

/** Reads the plan, and prints image sets while they arrive. Returns undefined once the reader of standard output has gone. */
async function readPlan(
  exporter: Exporter,
  job: JobOptions,
  { context, options, sample }: Reading,
): Promise<ExportPlan | undefined> {
  const { terminal, global, log, signal, startProgress } = context
  const unread = new AbortController()
  using progress = startProgress()
  const table = createStreamedTable(imageSetColumns, terminal, () => progress.clear())
  async function print(imageSet: PlannedImageSet): Promise<boolean> {
    if (global.json !== true) return await table.add(imageSetRow(imageSet))
    progress.clear()
    return await printJsonLine(terminal, { kind: 'image-set', ...imageSet })
  }
  try {
    const plan = await exporter.plan({
      ...job,
      signal: AbortSignal.any([signal, unread.signal]),
      async onImageSet(imageSet) {
        sample.add(imageSet)
        if (options.imageSets === true && !(await print(imageSet))) unread.abort()
      },
      onFailure: ({ message, ...failure }) => log.error(message, { event: 'item-failed', ...failure }),
      onProgress: ({ imageSets, isTotalKnown }) =>
        progress.update({
          noun: 'image sets',
          instances: { ...imageSets, failed: 0 },
          isTotalKnown,
          frames: { done: 0, total: 0 },
          bytesFetched: 0,
        }),
    })
    await table.finish()
    return plan
  } catch (error) {
    if (unread.signal.aborted) return undefined
    throw error
  }
}

async function tellPlan(report: PlanReport, { terminal, global, log }: CommandContext): Promise<void> {
  const { plan, ...estimates } = report
  if (global.json === true) await printJsonLine(terminal, { kind: 'plan', ...plan, ...estimates })
  else if (plan.instances > 0) await terminal.print(formatPlan(report, terminal.outputColumns))
  if (isEmpty(plan)) log.info('nothing matches the selection')
  if (plan.disk.fits === false)
    log.warn('the export does not fit on the disk: free some space, or choose another destination')
}

/** Returns true if the selection matches nothing. False if something could not be read. */
function isEmpty({ errors, instances }: ExportPlan): boolean {
  return instances === 0 && Object.keys(errors).every(isEmptySelector)
}

function planExitCode(plan: ExportPlan): ExitCode {
  if (isEmpty(plan)) return exitCodes.nothingSelected
  if (Object.keys(plan.errors).length === 0) return exitCodes.ok
  return plan.retryableOnly ? exitCodes.retryable : exitCodes.someFailed
}
