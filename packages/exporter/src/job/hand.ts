import { dicomizeInstance } from '@ahi-dicom/dicomizer'
import type { CompletedInstance, Layout } from '@ahi-dicom/export-files'
import { failureOf, type Failure } from '../failure/failure.ts'
import type { ItemResult, LaneItem } from '../lane/lane-item.ts'
import type { MemoryShares } from '../memory/max-memory.ts'
import { countSkipped } from '../record/counts.ts'
import type { ExporterClient } from '../selection/client.ts'
import { isFatalFailure, type ItemFailure } from '../selection/item-failure.ts'
import { walkedItem } from '../selection/walk-selection.ts'
import type { HeldInstance } from '../sync/held-instances.ts'
import type { Sync } from '../sync/sync.ts'
import type { Flushing } from './flushing.ts'
import { notify, report, reportOutage, warn, type Job } from './job.ts'
import type { JobImageSet, JobImageSets } from './job-image-sets.ts'
import type { Lanes } from './lanes.ts'

/** What instances are handed out with. */
export interface Hand {
  readonly client: ExporterClient
  readonly memory: MemoryShares
  readonly job: Job
  readonly lanes: Lanes
  readonly layout: Layout
  readonly items: HandedItems
  readonly imageSets: JobImageSets
  readonly sync: Sync | undefined
  readonly flushing: Flushing
  /** Lets the job wait for something at its end. */
  readonly track: (work: Promise<void>) => void
  /** Resolves once all that was handed out has its result, or was cut short, and is recorded. */
  readonly settled: () => Promise<void>
}

/** The items that were handed out and have no result. */
export interface HandedItems {
  /** Returns the id of the item. */
  nextId(): number
  add(handed: HandedItem): void
  take(id: number): HandedItem | undefined
}

/** An item that was handed out and has no result. */
export interface HandedItem extends InstancePlace {
  readonly item: LaneItem
}

/** What an instance is handed out for. */
export interface InstancePlace {
  readonly imageSet: JobImageSet
  /** The same instance of another image set, whose place its files take. */
  readonly replaced?: HeldInstance | undefined
  /** Told of the result once it is recorded, unless the item was cut short. */
  readonly onTaken?: ((result: ItemResult, failures: readonly Failure[]) => void) | undefined
}

/** Makes the items of a job. */
export function createHandedItems(): HandedItems {
  const items = new Map<number, HandedItem>()
  let lastId = 0
  return {
    nextId: () => (lastId += 1),
    add: (handed) => void items.set(handed.item.id, handed),
    take(id) {
      const handed = items.get(id)
      items.delete(id)
      return handed
    },
  }
}

/**
 * Hands an instance out once the lanes have room, which holds back who calls. Returns false if its files are there already.
 */
export async function handInstance(hand: Hand, instance: InstanceToHand, place: InstancePlace): Promise<boolean> {
  const { job, layout, items, imageSets, sync } = hand
  const { record } = job
  const { key } = instance
  const { imageSet, replaced } = place
  if (replaced !== undefined) record.release(replaced.stem, { ...key, imageSetId: replaced.imageSetId })
  const item = walkedItem(instance)
  const stem = record.claim(layout.path(dicomizeInstance(item.entry)), key)
  const completed = record.completed(key, stem)
  if (completed === undefined) {
    const path = imageSet.isStaged ? (record.stage(stem, key) ?? stem) : stem
    await handOut(hand, {
      ...place,
      item: { ...item, id: items.nextId(), stem: path, hasExtension: layout.hasExtension },
    })
    return true
  }
  if (replaced !== undefined) sync?.held.lose(replaced, key)
  skipInstance(job, instance, completed)
  await imageSets.skip(imageSet, { isDuplicate: false })
  return false
}

/** An instance of a loaded image set. */
export type InstanceToHand = Parameters<typeof walkedItem>[0]

async function handOut({ job, lanes, items }: Hand, handed: HandedItem): Promise<void> {
  const { item } = handed
  await warn(job, job.warnings.start(item.key))
  await job.record.begin(item.stem)
  items.add(handed)
  job.telemetry.queue(1)
  await lanes.hand(item)
}

/** Counts an instance for which nothing is to be done: a duplicate, or one that is there. */
export function skipInstance(job: Job, { key, entry }: InstanceToHand, completed: CompletedInstance | undefined): void {
  // An earlier run was permitted what this one needs no more.
  if (completed !== undefined)
    for (const operation of ['GetImageFrame', 'GetDICOMInstance']) job.access.grant(operation)
  job.telemetry.settle(key.imageSetId, 'skipped')
  countSkipped(job.counts, entry, completed)
  notify(job)
}

/** Takes the result of an item, and what its files take the place of. */
export async function takeHanded(
  { imageSets, sync }: Pick<Hand, 'imageSets' | 'sync'>,
  { item, imageSet, replaced, onTaken }: HandedItem,
  result: ItemResult,
): Promise<void> {
  const failures = await imageSets.take(imageSet, item, result)
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
