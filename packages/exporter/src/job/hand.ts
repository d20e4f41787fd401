import { dicomizeInstance } from '@ahi-dicom/dicomizer'
import type { CompletedItem, ItemKey, Layout } from '@ahi-dicom/export-files'
import { errorEntry, failureOf, type Failure } from '../failure/failure.ts'
import { isSeriesItem, type ItemResult, type LaneItem } from '../lane/lane-item.ts'
import type { MemoryShares } from '../memory/max-memory.ts'
import { countDuplicate } from '../record/counts.ts'
import type { ExporterClient } from '../selection/client.ts'
import { isFatalFailure, type ItemFailure } from '../selection/item-failure.ts'
import { walkedItem } from '../selection/walk-selection.ts'
import type { Sync } from '../sync/sync.ts'
import type { Flushing } from './flushing.ts'
import type { HandedItem, HandedItems, ItemEnd, ItemPlace } from './handed-items.ts'
import { notify, report, reportOutage, warn, type Job } from './job.ts'
import type { JobImageSets } from './job-image-sets.ts'
import { addOutcome, countDone, type JobInstance } from './job-instance.ts'
import type { JobSeries } from './job-series.ts'
import type { Lanes } from './lanes.ts'
import { failedItemOf } from './take-result.ts'

/** Everything needed to hand out instances. */
export interface Hand {
  readonly client: ExporterClient
  readonly memory: MemoryShares
  readonly job: Job
  readonly lanes: Lanes
  /** The layout of instance files. */
  readonly layout: Layout
  /** Undefined if no format makes series files. */
  readonly series: JobSeries | undefined
  /** True if any format makes instance files. */
  readonly hasInstanceFiles: boolean
  readonly items: HandedItems
  readonly imageSets: JobImageSets
  readonly sync: Sync | undefined
  readonly flushing: Flushing
  /** Makes the job wait for this work before it ends. */
  readonly track: (work: Promise<void>) => void
  /** Resolves once every item handed out has a recorded result, or was aborted. */
  readonly settled: () => Promise<void>
}

/** An instance of a loaded image set. */
export type InstanceToHand = Parameters<typeof walkedItem>[0]

/** The image set and the state of an instance. Like an item's place, but with one instance. */
export interface InstancePlace extends Omit<ItemPlace, 'instances'> {
  readonly instance: JobInstance
}

/** Hands out an instance once the lanes have room, so the caller slows down to their pace. Skips it if its files exist. */
export async function handInstance(
  hand: Hand,
  walked: InstanceToHand,
  { instance, ...place }: InstancePlace,
): Promise<void> {
  const { layout } = hand
  const { key } = walked
  const item = walkedItem(walked)
  const ofInstance = { ...place, instances: [instance], key }
  const claimed = claim(hand, layout.path(dicomizeInstance(item.entry)), ofInstance)
  if (claimed.completed !== undefined) await skipItem(hand, ofInstance, claimed.completed)
  else await handOut(hand, ofInstance, { ...item, ...claimed.place, hasExtension: layout.hasExtension })
}

/** An item that is about to be handed out. */
export interface ItemToHand extends ItemPlace {
  readonly key: ItemKey
}

/** The path and id of an item. `completed` is set if its files already exist. */
interface ClaimedItem {
  readonly completed: CompletedItem | undefined
  readonly place: Pick<LaneItem, 'id' | 'stem'>
}

/** Claims the path of an item. An item that replaces one of another image set takes over its path. */
export function claim({ job, items }: Hand, wanted: string, { key, imageSet, replaced }: ItemToHand): ClaimedItem {
  const { record } = job
  if (replaced !== undefined) record.release(replaced.stem, { ...key, imageSetId: replaced.imageSetId })
  const stem = record.claim(wanted, key)
  const staged = imageSet.isStaged ? record.stage(stem, key) : undefined
  return { completed: record.completed(key, stem), place: { id: items.nextId(), stem: staged ?? stem } }
}

/** Hands out an item whose files do not exist yet. */
export async function handOut(hand: Hand, { key: _key, ...place }: ItemToHand, item: LaneItem): Promise<void> {
  const { job, lanes, items } = hand
  await warn(job, job.warnings.start(item.key))
  await job.record.begin(item.stem, isSeriesItem(item) ? 'series' : undefined)
  items.add({ ...place, item })
  job.telemetry.queue(1)
  await lanes.hand(item)
}

/** Counts an item whose files already exist as skipped. */
export async function skipItem(
  { job, imageSets, sync }: Hand,
  { key, imageSet, instances, replaced, onEnd }: ItemToHand,
  { checksum }: CompletedItem,
): Promise<void> {
  if (replaced !== undefined) sync?.held.lose(replaced, key)
  // An earlier run had permission for these operations, and this run does not need them for the item.
  for (const operation of ['GetImageFrame', 'GetDICOMInstance']) job.access.grant(operation)
  for (const instance of instances) {
    if (addOutcome(instance, { kind: 'skipped', checksum })) countDone(job, instance)
  }
  notify(job)
  await imageSets.skip(imageSet)
  onEnd?.({ failures: [], byteLength: 0 })
}

/** Counts an instance that another image set already has. */
export function skipDuplicate(job: Job, { key, entry }: InstanceToHand): void {
  job.telemetry.settle(key.imageSetId, 'skipped')
  countDuplicate(job.counts, entry)
  notify(job)
}

/** Processes the result of an item. If it replaced files of another image set, those are noted as lost. */
export async function takeHanded(
  { job, imageSets, sync }: Pick<Hand, 'job' | 'imageSets' | 'sync'>,
  handed: HandedItem,
  result: ItemResult,
): Promise<void> {
  const { item, replaced, onEnd } = handed
  const failures = await imageSets.take(handed, result)
  if (replaced !== undefined && failures.length === 0) sync?.held.lose(replaced, item.key)
  const isAborted = failures.length > 0 && job.signal.aborted
  if (!isAborted) onEnd?.(endOf(handed, result, failures))
}

function endOf(handed: HandedItem, { entries }: ItemResult, failures: readonly Failure[]): ItemEnd {
  const failed = failedItemOf(handed)
  const byteLength = failures.length > 0 ? 0 : entries.reduce((sum, { bytes }) => sum + bytes, 0)
  return { failures: failures.map((failure) => errorEntry(failure, failed)), byteLength }
}

/** Reports a selected item that cannot be read. */
export async function failSelected(job: Job, { error, item }: ItemFailure): Promise<void> {
  if (job.signal.aborted) return
  const failure = { ...failureOf(error), isFatal: isFatalFailure({ error, item }) }
  await (failure.isOutage ? reportOutage(job, failure) : report(job, failure, item))
  notify(job)
}
