import type { CompletedInstance, Layout } from '@ahi-dicom/export-files'
import { dicomizeInstance } from '@ahi-dicom/dicomizer'
import { errorCode, failureOf } from '../failure/failure.ts'
import type { ItemResult, LaneItem } from '../lane/lane-item.ts'
import { createDocumentMemory } from '../memory/document-memory.ts'
import { setMemory, type MemoryShares } from '../memory/max-memory.ts'
import { countLoaded, countSkipped, countUnread } from '../record/counts.ts'
import type { ExporterClient } from '../selection/client.ts'
import { isFatalFailure, type ItemFailure } from '../selection/item-failure.ts'
import { walkedItem, walkSelection, type WalkedFailure, type WalkedInstance } from '../selection/walk-selection.ts'
import type { HeldInstance } from '../sync/held-instances.ts'
import type { Sync } from '../sync/sync.ts'
import { notify, report, reportOutage, warn, type Job } from './job.ts'
import type { JobImageSet, JobImageSets } from './job-image-sets.ts'
import type { Lanes } from './lanes.ts'

/** An item that was handed out and has no result. */
export interface HandedItem {
  readonly item: LaneItem
  readonly imageSet: JobImageSet
  /** The same instance of another image set, whose place its files take. */
  readonly replaced: HeldInstance | undefined
}

/** What instances are handed out with. */
export interface Hand {
  readonly client: ExporterClient
  readonly memory: MemoryShares
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
export async function exportSelection(hand: Hand): Promise<void> {
  const { client, memory, job, imageSets, sync, track } = hand
  const { options, counts, starting: signal } = job
  const walk = walkSelection(client, {
    ...options,
    signal,
    documentMemory: createDocumentMemory(memory.documents),
    maxMemory: sync === undefined ? memory.walk : setMemory(memory),
    isDone: sync?.isDone,
    alsoWanted: sync?.keptInstances,
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
      if (sync !== undefined && errorCode(walked.error) === 'NOTHING_SELECTED') sync.takeUnmet(walked)
      else await failSelected(job, walked)
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
  const item = walkedItem(walked)
  const stem = record.claim(layout.path(dicomizeInstance(item.entry)), key)
  const completed = record.completed(key, stem)
  if (completed === undefined) {
    const place = imageSet.isStaged ? (record.stage(stem, key) ?? stem) : stem
    await handOut(hand, { item: { ...item, id, stem: place, hasExtension: layout.hasExtension }, imageSet, replaced })
  } else {
    if (replaced !== undefined) sync?.held.lose(replaced, key)
    skip(job, walked, completed)
    await imageSets.skip(imageSet, { isDuplicate: false })
  }
}

async function handOut({ job, lanes, items }: Hand, handed: HandedItem): Promise<void> {
  const { item } = handed
  await warn(job, job.warnings.start(item.key))
  await job.record.begin(item.stem)
  items.set(item.id, handed)
  job.telemetry.queue(1)
  await lanes.hand(item)
}

/** Takes the result of an item, and what its files take the place of. */
export async function takeHanded(
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

/** Reports what the selectors name and that cannot be had. */
export async function failSelected(job: Job, { error, item }: ItemFailure): Promise<void> {
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
