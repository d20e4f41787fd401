import {
  createFormats,
  openRecord,
  parseLayout,
  recordNames,
  type CompletedInstance,
  type Format,
  type Layout,
} from '@ahi-dicom/export-files'
import { dicomizeInstance } from '@ahi-dicom/dicomizer'
import { errorCode, failureOf } from '../failure/failure.ts'
import type { ItemResult, LaneItem } from '../lane/lane-item.ts'
import { instanceRequest } from '../lane/manifest-entry.ts'
import { createDocumentMemory } from '../memory/document-memory.ts'
import type { MemoryShares } from '../memory/max-memory.ts'
import { countRequests } from '../record/request-counts.ts'
import { countLoaded, countSkipped, countUnread, summarize } from '../record/counts.ts'
import type { ExportSummary, JobSummary } from '../record/summary.ts'
import type { ExporterClient } from '../selection/client.ts'
import { isFatalFailure } from '../selection/item-failure.ts'
import { selectionName } from '../selection/selection-name.ts'
import type { Selector, Selectors } from '../selection/selector.ts'
import { instanceEntry, walkSelection, type WalkedFailure, type WalkedInstance } from '../selection/walk-selection.ts'
import { createJobTelemetry, type JobTelemetry } from '../telemetry/job-telemetry.ts'
import type { HeldInstance } from '../sync/held-instances.ts'
import { createSync, type Sync, type SyncParts } from '../sync/sync.ts'
import { withoutWrites } from '../sync/without-writes.ts'
import { describeExport } from './describe-export.ts'
import { finishRecord } from './finish-record.ts'
import { createFlushing, type Flushing } from './flushing.ts'
import {
  createJob,
  endIfRefused,
  notify,
  report,
  reportOutage,
  warn,
  type ExportOptions,
  type Job,
  type JobOptions,
  type SyncOptions,
} from './job.ts'
import { watchStop } from './gentle-stop.ts'
import { createJobImageSets, type JobImageSet, type JobImageSets } from './job-image-sets.ts'
import type { Lanes } from './lanes.ts'
import { openLanes, type LaneParts } from './open-lanes.ts'
import { takeFetched } from './take-result.ts'

/** What jobs of one exporter share. */
export interface JobParts extends LaneParts {
  readonly client: ExporterClient
  /** Aborts when the exporter is closed. */
  readonly closed: AbortSignal
  readonly memory: MemoryShares
}

/**
 * Exports the selected instances to the destination. Resolves with the summary however the job ends, once everything that
 * it started is settled; rejects only if the signal has aborted before the start, or the destination cannot be opened or
 * closed.
 */
export function runExport(parts: JobParts, options: ExportOptions): Promise<ExportSummary> {
  return runJob(parts, options)
}

/** Brings the destination up to date. Resolves and rejects as {@link runExport} does. */
export async function runSync(parts: JobParts, options: SyncOptions): Promise<ExportSummary> {
  const { deleteGone, dryRun, onImageSet, ...job } = options
  const { datastoreId, filters, nonPrimary } = options
  const selectors = await listOf(options.selectors)
  const destination = dryRun === true ? withoutWrites(options.destination) : options.destination
  const started = { datastoreId, filters, nonPrimary, selectors, deleteGone, dryRun, onImageSet }
  return await runJob(parts, { ...job, selectors, destination, mode: 'sync' }, started)
}

async function listOf(selectors: Selectors | 'all'): Promise<readonly (Selector | string)[] | 'all'> {
  if (typeof selectors === 'string') return 'all'
  const list: (Selector | string)[] = []
  for await (const selector of selectors) list.push(selector)
  return list
}

async function runJob(parts: JobParts, options: JobOptions, sync?: Omit<SyncParts, 'record'>): Promise<ExportSummary> {
  const { destination, signal, stop } = options
  signal?.throwIfAborted()
  stop?.throwIfAborted()
  const layout = parseLayout(options.layout)
  const formats = options.formats ?? createFormats(['dcm'])
  const picture = formats.find(({ readsPixels }) => readsPixels)
  if (options.headerOnly === true && picture !== undefined) {
    throw new TypeError(`Expected formats that read no pixels with the \`headerOnly\` option, got \`${picture.name}\``)
  }
  const telemetry = createJobTelemetry(options.datastoreId)
  return await telemetry.run(async () => {
    await destination.open({ mask: layout.mask })
    try {
      return await exportToOpened(parts, options, { layout, formats, sync, telemetry })
    } finally {
      await destination.close()
    }
  })
}

interface OpenedJob {
  readonly layout: Layout
  readonly formats: readonly Format[]
  readonly sync: Omit<SyncParts, 'record'> | undefined
  readonly telemetry: JobTelemetry
}

async function exportToOpened(
  parts: JobParts,
  options: JobOptions,
  { layout, formats, sync: syncParts, telemetry }: OpenedJob,
): Promise<ExportSummary> {
  const startedAt = new Date()
  const start = performance.now()
  const requests = countRequests(parts.client)
  const { destination, mode = 'new', verifyFrames, onLockWait } = options
  await using record = await openRecord(destination, {
    mode,
    description: describeExport(options, formats),
    formats,
    maxMemory: parts.memory.record,
    request: instanceRequest(options),
    verifyFrames,
    selection: selectionName(options),
    signal: AbortSignal.any([options.signal, options.stop].filter((signal) => signal !== undefined)),
    onLockWait,
  })
  using sync = syncParts && createSync({ ...syncParts, record })
  const job = createJob(options, { record, mask: layout.mask, telemetry, closed: parts.closed })
  const imageSets = createJobImageSets(job, { replaces: mode === 'sync', onWhole: sync?.takeWhole })
  const items = new Map<number, HandedItem>()
  const taking = new Set<Promise<void>>()
  function track(work: Promise<void>): void {
    const task = work.finally(() => taking.delete(task))
    taking.add(task)
  }
  const lanes = await openLanes(parts, job, {
    formats,
    onResult(result) {
      const handed = items.get(result.id)
      if (handed === undefined) return
      items.delete(result.id)
      telemetry.queue(-1)
      flushing.note(result.entries.length)
      track(takeHanded({ imageSets, sync }, handed, result))
    },
    onFetched: (fetched) => takeFetched(job, fetched),
    onFailure: (failure) => job.end(failure),
  })
  const flushing: Flushing = createFlushing(job, lanes)
  using _stopping = watchStop(job, lanes)
  if (syncParts?.dryRun !== true) lanes.prepare()
  try {
    await exportSelection({ parts, job, lanes, layout, items, imageSets, sync, track })
  } catch (error) {
    if (!job.starting.aborted) job.end(failureOf(error))
  }
  await lanes.settled()
  while (taking.size > 0) await Promise.all(taking)
  endIfRefused(job)
  await finishSync(job, sync)
  await flushing.finish()
  await warn(job, job.warnings.rest())
  await lanes.close()
  if (lanes.hasLost) await removeUnfinished(job)
  if (syncParts?.dryRun !== true) await finishRecord(job)
  const seconds = (performance.now() - start) / 1000
  const { datastoreId } = options
  const end = { datastoreId, startedAt, seconds, requests: requests(), sync: sync?.counts }
  return await closeRecord(job, () => summarize(job.counts, { ...end, ...job.ending() }))
}

/** Names what is gone once everything else is done. */
async function finishSync(job: Job, sync: Sync | undefined): Promise<void> {
  if (sync === undefined || job.starting.aborted) return
  try {
    await sync.finish()
  } catch (error) {
    await report(job, failureOf(error), { datastoreId: job.options.datastoreId })
  }
}

async function closeRecord(job: Job, summarized: () => JobSummary): Promise<ExportSummary> {
  try {
    return await job.record.close(summarized())
  } catch (error) {
    job.lose(recordNames.summary, error)
    return summarized()
  }
}

/** Removes what lost lanes were writing. */
async function removeUnfinished(job: Job): Promise<void> {
  try {
    await job.options.destination.removeUnfinished?.()
  } catch (error) {
    job.end(failureOf(error))
  }
}

/** An item that was handed out and has no result. */
interface HandedItem {
  readonly item: LaneItem
  readonly imageSet: JobImageSet
  /** The same instance of another image set, whose place its files take. */
  readonly replaced: HeldInstance | undefined
}

interface Hand {
  readonly parts: JobParts
  readonly job: Job
  readonly lanes: Lanes
  readonly layout: Layout
  /** By the id of the item. */
  readonly items: Map<number, HandedItem>
  readonly imageSets: JobImageSets
  readonly sync: Sync | undefined
  /** Lets the job wait for something at its end. */
  readonly track: (work: Promise<void>) => void
}

/** Hands instances out as lanes have room: this wait is what holds back the metadata and the search. */
async function exportSelection(hand: Hand): Promise<void> {
  const { parts, job, imageSets, sync, track } = hand
  const { options, counts, starting: signal } = job
  const walk = walkSelection(parts.client, {
    ...options,
    signal,
    documentMemory: createDocumentMemory(parts.memory.documents),
    isDone: sync?.isDone,
    onDone: sync && ((imageSet) => countUnread(counts, sync.takeDone(imageSet))),
    onSelected: () => void (counts.imageSets.selected += 1),
    onLoaded(loaded) {
      const { instances, selected, versionId } = loaded
      job.access.grant('GetImageSetMetadata')
      countLoaded(counts, instances)
      job.telemetry.start({ imageSetId: selected.imageSetId, versionId }, instances.length)
      if (instances.length === 0) track(imageSets.empty(loaded))
    },
    onUnreadable: () => void (counts.imageSets.failed += 1),
    onSelectionOver: () => void (counts.isSelectionOver = true),
  })
  let lastId = 0
  for await (const walked of walk) {
    if (walked.kind === 'failure') {
      noteFailedSelection(sync, walked)
      await failSelected(job, walked)
    } else await exportWalked(hand, walked, (lastId += 1))
  }
}

async function exportWalked(hand: Hand, walked: WalkedInstance, id: number): Promise<void> {
  const { job, layout, imageSets, sync } = hand
  const { record } = job
  const { key } = walked
  const imageSet = imageSets.of(walked.imageSet)
  const replaced = walked.isDuplicate ? undefined : await sync?.held.ofOther(key)
  const isHeld = replaced !== undefined && sync?.isPassed(replaced.imageSetId) === true
  if (walked.isDuplicate || isHeld) {
    skip(job, walked, undefined)
    await imageSets.skip(imageSet, { isDuplicate: true })
    return
  }
  if (replaced !== undefined) record.release(replaced.stem, { ...key, imageSetId: replaced.imageSetId })
  const entry = instanceEntry(walked)
  const stem = record.claim(layout.path(dicomizeInstance(entry)), key)
  const completed = record.completed(key, stem)
  if (completed === undefined) {
    const place = imageSet.isStaged ? (record.stage(stem, key) ?? stem) : stem
    await handOut(hand, walked, { imageSet, replaced, item: { id, entry, stem: place } })
  } else {
    if (replaced !== undefined) sync?.held.lose(replaced, key)
    skip(job, walked, completed)
    await imageSets.skip(imageSet, { isDuplicate: false })
  }
}

async function handOut(
  { job, lanes, items }: Hand,
  { key, imageSet }: WalkedInstance,
  handed: Omit<HandedItem, 'item'> & { readonly item: Pick<LaneItem, 'id' | 'entry' | 'stem'> },
): Promise<void> {
  const { losslessStorageFormat, isLatestVersion } = imageSet
  await warn(job, job.warnings.start(key))
  const whole: LaneItem = { ...handed.item, key, losslessStorageFormat, isLatestVersion }
  await job.record.begin(whole.stem)
  items.set(whole.id, { ...handed, item: whole })
  job.telemetry.queue(1)
  await lanes.hand(whole)
}

async function takeHanded(
  { imageSets, sync }: Pick<Hand, 'imageSets' | 'sync'>,
  { item, imageSet, replaced }: HandedItem,
  result: ItemResult,
): Promise<void> {
  const failures = await imageSets.take(imageSet, item, result)
  if (replaced !== undefined && failures.length === 0) sync?.held.lose(replaced, item.key)
}

/** A search that failed leaves open what AHI has. */
function noteFailedSelection(sync: Sync | undefined, { error, item }: WalkedFailure): void {
  const code = errorCode(error)
  if (code === 'NOTHING_SELECTED' || code === 'SELECTOR_MALFORMED') return
  if (item.imageSetId === undefined) sync?.failSearch()
  else sync?.find(item.imageSetId)
}

async function failSelected(job: Job, { error, item }: WalkedFailure): Promise<void> {
  if (job.signal.aborted) return
  const failure = { ...failureOf(error), isFatal: isFatalFailure({ error, item }) }
  await (failure.isOutage ? reportOutage(job, failure) : report(job, failure, item))
  notify(job)
}

function skip(job: Job, { key, entry }: WalkedInstance, completed: CompletedInstance | undefined): void {
  // An earlier run was permitted what this one needs no more.
  if (completed !== undefined)
    for (const operation of ['GetImageFrame', 'GetDICOMInstance']) job.access.grant(operation)
  job.telemetry.settle(key.imageSetId, 'skipped')
  countSkipped(job.counts, entry, completed)
  notify(job)
}
