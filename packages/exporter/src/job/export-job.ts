import {
  checkUse,
  createFormats,
  isInstanceFormat,
  isSeriesFormat,
  joinMasks,
  mediaLayout,
  openRecord,
  parseSeriesLayout,
  recordNames,
  type AnyFormat,
  type Layout,
  type PathMask,
  type SeriesLayout,
} from '@ahi-dicom/export-files'
import { failureOf } from '../failure/failure.ts'
import { instanceRequest } from '../lane/manifest-entry.ts'
import { setMemory, type MemoryShares } from '../memory/max-memory.ts'
import { countRequests } from '../record/request-counts.ts'
import { isFinished, summarize } from '../record/counts.ts'
import type { ExportOutcome, ExportSummary, JobSummary } from '../record/summary.ts'
import type { ExporterClient } from '../selection/client.ts'
import type { GivenSelector, Selectors } from '../selection/selector.ts'
import { createJobTelemetry, type JobTelemetry } from '../telemetry/job-telemetry.ts'
import { createSync, type Sync, type SyncParts } from '../sync/sync.ts'
import { withoutWrites } from '../sync/without-writes.ts'
import { describeExport, describeJobSelection } from './describe-export.ts'
import { exportSelection } from './export-selection.ts'
import { finishDicomdir } from './finish-dicomdir.ts'
import { finishRecord } from './finish-record.ts'
import { createFlushing, type Flushing } from './flushing.ts'
import { failSelected, takeHanded, type Hand } from './hand.ts'
import { createHandedItems } from './handed-items.ts'
import {
  createJob,
  endIfRefused,
  report,
  warn,
  type ExportOptions,
  type Job,
  type JobOptions,
  type SyncOptions,
} from './job.ts'
import { watchStop } from './gentle-stop.ts'
import { createJobImageSets } from './job-image-sets.ts'
import { createJobSeries } from './job-series.ts'
import { layoutOf } from './job-layout.ts'
import { openLanes, type LaneParts } from './open-lanes.ts'
import { takeFetched } from './take-result.ts'

/** Parts shared by all jobs of one exporter. */
export interface JobParts extends LaneParts {
  readonly client: ExporterClient
  /** Aborts when the exporter is closed. */
  readonly closed: AbortSignal
  readonly memory: MemoryShares
}

/**
 * Exports the selected instances to the destination. Resolves with the summary, however the job ends, after everything
 * it started has settled. Rejects only if the signal aborted before the start, or if the destination cannot be opened
 * or closed.
 */
export function runExport(parts: JobParts, options: ExportOptions): Promise<ExportSummary> {
  const { selectors, ...job } = options
  const selection = describeJobSelection(options)
  return runJob(parts, { ...job, selection }, { feed: (hand) => exportSelection(hand, selectors) })
}

/** Updates the destination to the current state of AHI. Resolves and rejects as {@link runExport} does. */
export async function runSync(parts: JobParts, options: SyncOptions): Promise<ExportSummary> {
  const { deleteGone, dryRun, onImageSet, ...job } = options
  const { datastoreId, filters, nonPrimary } = options
  const selectors = await listOf(options.selectors)
  const selection = describeJobSelection({ ...options, selectors })
  const destination = dryRun === true ? withoutWrites(options.destination) : options.destination
  const started = { datastoreId, filters, nonPrimary, selectors, deleteGone, dryRun, onImageSet }
  const feed = (hand: Hand): Promise<void> => exportSelection(hand, selectors)
  return await runJob(parts, { ...job, selection, destination, mode: 'sync' }, { feed, sync: started })
}

async function listOf(selectors: Selectors | 'all'): Promise<readonly GivenSelector[] | 'all'> {
  if (typeof selectors === 'string') return 'all'
  const list: GivenSelector[] = []
  for await (const selector of selectors) list.push(selector)
  return list
}

type StartedSync = Omit<SyncParts, 'record' | 'setMemory'>

/** The work of a job between its start and its end. */
export interface JobWork {
  /** Hands out all instances. If it rejects, the job ends. */
  readonly feed: (hand: Hand) => Promise<void>
  readonly sync?: StartedSync | undefined
}

/** Opens the destination, does the work, and closes the record. Resolves and rejects as {@link runExport} does. */
export async function runJob(parts: JobParts, options: JobOptions, work: JobWork): Promise<ExportSummary> {
  const { destination, signal, stop } = options
  signal?.throwIfAborted()
  stop?.throwIfAborted()
  const layout = layoutOf(options)
  const seriesLayout = parseSeriesLayout(options.seriesLayout)
  const formats = options.formats ?? createFormats(['dcm'])
  const picture = formats.find((format) => isSeriesFormat(format) || format.readsPixels)
  if (options.headerOnly === true && picture !== undefined) {
    throw new TypeError(
      `Expected formats that do not read pixels with the \`headerOnly\` option, got \`${picture.name}\``,
    )
  }
  const file = formats.find((format) => !isDicomFormat(format))
  if (layout.template === mediaLayout && file !== undefined) {
    throw new TypeError(`Expected only DICOM formats with the layout \`media\`, got \`${file.name}\``)
  }
  const telemetry = createJobTelemetry(options.datastoreId)
  return await telemetry.run(async () => {
    checkUses(options, formats)
    await destination.open({ mask: joinMasks(layout.mask, masksOf(formats, seriesLayout)), mode: options.mode })
    let isFinished = false
    try {
      await destination.check?.({ signal: anySignal([signal, stop]) })
      const summary = await exportToOpened(parts, options, { ...work, layout, seriesLayout, formats, telemetry })
      isFinished = summary.fatal === undefined && !unkeptOutcomes.has(summary.outcome)
      return summary
    } finally {
      await destination.close({ isFinished })
    }
  })
}

/** Outcomes with no files or only some of them. The archive of this run then does not replace an existing one. */
const unkeptOutcomes: ReadonlySet<ExportOutcome> = new Set<ExportOutcome>(['interrupted', 'nothing-selected'])

const dicomMediaType = 'application/dicom'

function isDicomFormat(format: AnyFormat): boolean {
  return isInstanceFormat(format) && format.mediaType === dicomMediaType
}

/** Returns the mask for paths of series, or no mask if no format makes series files. */
function masksOf(formats: readonly AnyFormat[], { mask }: SeriesLayout): PathMask {
  return formats.some(isSeriesFormat) ? mask : []
}

/** Throws before anything is written if the destination does not support an option. */
function checkUses({ destination, mode, dicomdir }: JobOptions, formats: readonly AnyFormat[]): void {
  if (mode === 'resume' || mode === 'sync') checkUse(destination, mode)
  if (!formats.every(isDicomFormat)) checkUse(destination, 'pictures')
  if (dicomdir === true) checkUse(destination, 'dicomdir')
}

function anySignal(signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined))
}

interface OpenedJob extends JobWork {
  readonly layout: Layout
  readonly seriesLayout: SeriesLayout
  readonly formats: readonly AnyFormat[]
  readonly telemetry: JobTelemetry
}

async function exportToOpened(
  parts: JobParts,
  options: JobOptions,
  { layout, seriesLayout, formats, feed, sync: syncParts, telemetry }: OpenedJob,
): Promise<ExportSummary> {
  const startedAt = new Date()
  const start = performance.now()
  const requests = countRequests(parts.client)
  const { destination, mode = 'new', verifyFrames, onLockWait } = options
  await using record = await openRecord(destination, {
    mode,
    description: describeExport(options, { formats, layout, seriesLayout }),
    formats,
    layout,
    maxMemory: parts.memory.record,
    request: instanceRequest(options),
    verifyFrames,
    selection: options.selection.name,
    signal: anySignal([options.signal, options.stop]),
    onLockWait,
  })
  using sync = syncParts && createSync({ ...syncParts, record, setMemory: setMemory(parts.memory) })
  const masks = { mask: layout.mask, seriesMask: seriesLayout.mask }
  const job = createJob(options, { record, ...masks, telemetry, closed: parts.closed })
  const hasInstanceFiles = formats.some(isInstanceFormat)
  const hasSeriesFiles = formats.some(isSeriesFormat)
  using series = hasSeriesFiles ? createJobSeries(seriesLayout, { maxMemory: parts.memory.walk }) : undefined
  const imageSets = createJobImageSets(job, {
    replaces: mode === 'sync',
    onWhole: sync?.takeWhole,
    hasInstanceFiles,
    hasSeriesFiles,
  })
  const items = createHandedItems()
  const taking = new Set<Promise<void>>()
  function track(work: Promise<void>): void {
    const task = work.finally(() => taking.delete(task))
    taking.add(task)
  }
  const lanes = await openLanes(parts, job, {
    formats,
    onResult(result) {
      const handed = items.take(result.id)
      if (handed === undefined) return
      telemetry.queue(-1)
      flushing.note(result.entries.length)
      track(takeHanded({ job, imageSets, sync }, handed, result))
    },
    onFetched: (fetched) => takeFetched(job, fetched),
    onFailure: (failure) => job.end(failure),
  })
  const flushing: Flushing = createFlushing(job, lanes)
  const settled = async (): Promise<void> => {
    await lanes.settled()
    while (taking.size > 0) await Promise.all(taking)
  }
  using _stopping = watchStop(job, lanes)
  if (syncParts?.dryRun !== true) lanes.prepare()
  try {
    const { client, memory } = parts
    const handing = { job, lanes, layout, series, hasInstanceFiles, items, imageSets, sync, flushing }
    await feed({ client, memory, ...handing, track, settled })
  } catch (error) {
    if (!job.starting.aborted) job.end(failureOf(error))
  }
  await settled()
  endIfRefused(job)
  await finishSync(job, sync)
  await flushing.finish()
  await warn(job, job.warnings.rest())
  await lanes.close()
  if (lanes.hasLost) await removeUnfinished(job)
  let isListed = true
  if (syncParts?.dryRun !== true) {
    await finishRecord(job)
    isListed = await finishDicomdir(job)
  }
  const seconds = (performance.now() - start) / 1000
  const { datastoreId } = options
  const end = { datastoreId, startedAt, seconds, requests: requests(), sync: sync?.counts, isListed }
  return await closeRecord(job, () => summarize(job.counts, { ...end, ...job.ending() }))
}

/**
 * Reports image sets that AHI no longer has, after everything else is done. A stop after that leaves nothing out, so
 * the job still counts as complete.
 */
async function finishSync(job: Job, sync: Sync | undefined): Promise<void> {
  if (sync === undefined || (job.starting.aborted && !isFinished(job.counts))) return
  try {
    for (const failure of await sync.finish()) await failSelected(job, failure)
  } catch (error) {
    await report(job, failureOf(error), { datastoreId: job.options.datastoreId })
  }
}

async function closeRecord(job: Job, summarized: () => JobSummary): Promise<ExportSummary> {
  try {
    return await job.record.close(summarized())
  } catch (error) {
    job.noteUnrecorded(recordNames.summary, error)
    return summarized()
  }
}

/** Removes files that crashed lanes left unfinished. */
async function removeUnfinished(job: Job): Promise<void> {
  try {
    await job.options.destination.removeUnfinished?.()
  } catch (error) {
    job.end(failureOf(error))
  }
}
