import { dicomizeInstance } from '@ahi-dicom/dicomizer'
import type { CompletedItem, ItemKey, Layout } from '@ahi-dicom/export-files'
import { failureOf } from '../failure/failure.ts'
import { isSeriesItem, type ItemResult, type LaneItem } from '../lane/lane-item.ts'
import type { MemoryShares } from '../memory/max-memory.ts'
import { countDuplicate } from '../record/counts.ts'
import type { ExporterClient } from '../selection/client.ts'
import { isFatalFailure, type ItemFailure } from '../selection/item-failure.ts'
import { walkedItem } from '../selection/walk-selection.ts'
import type { Sync } from '../sync/sync.ts'
import type { Flushing } from './flushing.ts'
import type { HandedItem, HandedItems, ItemPlace } from './handed-items.ts'
import { notify, report, reportOutage, warn, type Job } from './job.ts'
import type { JobImageSets } from './job-image-sets.ts'
import { addOutcome, countDone, type JobInstance } from './job-instance.ts'
import type { JobSeries } from './job-series.ts'
import type { Lanes } from './lanes.ts'

/** What instances are handed out with. */
export interface Hand {
  readonly client: ExporterClient
  readonly memory: MemoryShares
  readonly job: Job
  readonly lanes: Lanes
  /** Of the files of instances. */
  readonly layout: Layout
  /** Undefined if there are no files of series. */
  readonly series: JobSeries | undefined
  /** Whether there are files of instances. */
  readonly hasInstanceFiles: boolean
  readonly items: HandedItems
  readonly imageSets: JobImageSets
  readonly sync: Sync | undefined
  readonly flushing: Flushing
  /** Lets the job wait for something at its end. */
  readonly track: (work: Promise<void>) => void
  /** Resolves once all that was handed out has its result, or was cut short, and is recorded. */
  readonly settled: () => Promise<void>
}

/** An instance of a loaded image set. */
export type InstanceToHand = Parameters<typeof walkedItem>[0]

/** The place of an instance: as that of an item, with one instance. */
export interface InstancePlace extends Omit<ItemPlace, 'instances'> {
  readonly instance: JobInstance
}

/**
 * Hands an instance out once the lanes have room, which holds back who calls. Returns false if its files are there already.
 */
export async function handInstance(
  hand: Hand,
  walked: InstanceToHand,
  { instance, ...place }: InstancePlace,
): Promise<boolean> {
  const { layout } = hand
  const { key } = walked
  const item = walkedItem(walked)
  const ofInstance = { ...place, instances: [instance], key }
  const claimed = claim(hand, layout.path(dicomizeInstance(item.entry)), ofInstance)
  if (claimed.completed !== undefined) {
    await skipItem(hand, ofInstance, claimed.completed)
    return false
  }
  await handOut(hand, ofInstance, { ...item, ...claimed.place, hasExtension: layout.hasExtension })
  return true
}

/** An item before it is handed out. */
export interface ItemToHand extends ItemPlace {
  readonly key: ItemKey
}

/** The place for the files of an item; `completed` if they are there. */
interface ClaimedItem {
  readonly completed: CompletedItem | undefined
  readonly place: Pick<LaneItem, 'id' | 'stem'>
}

/** Claims the path of an item. It takes the place of the same item of another image set. */
export function claim({ job, items }: Hand, wanted: string, { key, imageSet, replaced }: ItemToHand): ClaimedItem {
  const { record } = job
  if (replaced !== undefined) record.release(replaced.stem, { ...key, imageSetId: replaced.imageSetId })
  const stem = record.claim(wanted, key)
  const staged = imageSet.isStaged ? record.stage(stem, key) : undefined
  return { completed: record.completed(key, stem), place: { id: items.nextId(), stem: staged ?? stem } }
}

/** Hands an item out whose files are not there. */
export async function handOut(hand: Hand, { key: _key, ...place }: ItemToHand, item: LaneItem): Promise<void> {
  const { job, lanes, items } = hand
  await warn(job, job.warnings.start(item.key))
  await job.record.begin(item.stem, isSeriesItem(item) ? 'series' : undefined)
  items.add({ ...place, item })
  job.telemetry.queue(1)
  await lanes.hand(item)
}

/** Takes an item whose files are there. */
export async function skipItem(
  { job, imageSets, sync }: Hand,
  { key, imageSet, instances, replaced }: ItemToHand,
  { checksum }: CompletedItem,
): Promise<void> {
  if (replaced !== undefined) sync?.held.lose(replaced, key)
  // An earlier run was permitted what this one needs no more.
  for (const operation of ['GetImageFrame', 'GetDICOMInstance']) job.access.grant(operation)
  for (const instance of instances) {
    if (addOutcome(instance, { kind: 'skipped', checksum })) countDone(job, instance)
  }
  notify(job)
  await imageSets.skip(imageSet)
}

/** Counts an instance that another image set has. */
export function skipDuplicate(job: Job, { key, entry }: InstanceToHand): void {
  job.telemetry.settle(key.imageSetId, 'skipped')
  countDuplicate(job.counts, entry)
  notify(job)
}

/** Takes the result of an item. Files of another image set that it replaces are noted as lost. */
export async function takeHanded(
  { imageSets, sync }: Pick<Hand, 'imageSets' | 'sync'>,
  handed: HandedItem,
  result: ItemResult,
): Promise<void> {
  const { item, replaced, onTaken } = handed
  const failures = await imageSets.take(handed, result)
  if (replaced !== undefined && failures.length === 0) sync?.held.lose(replaced, item.key)
  onTaken?.(result, failures)
}

/** Reports what is selected and cannot be had. */
export async function failSelected(job: Job, { error, item }: ItemFailure): Promise<void> {
  if (job.signal.aborted) return
  const failure = { ...failureOf(error), isFatal: isFatalFailure({ error, item }) }
  await (failure.isOutage ? reportOutage(job, failure) : report(job, failure, item))
  notify(job)
}
