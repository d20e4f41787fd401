import { errorCode } from '../failure/failure.ts'
import { createDocumentMemory } from '../memory/document-memory.ts'
import { setMemory } from '../memory/max-memory.ts'
import { countLoaded, countUnread } from '../record/counts.ts'
import type { SelectionOptions } from '../selection/selection-options.ts'
import { walkSelection, type WalkedFailure, type WalkedInstance } from '../selection/walk-selection.ts'
import type { Sync } from '../sync/sync.ts'
import { gatherSeries } from './hand-series.ts'
import { failSelected, handInstance, skipDuplicate, type Hand } from './hand.ts'
import { createJobInstance } from './job-instance.ts'
import { createPassedSeries, type PassedSeries } from './passed-series.ts'

/**
 * Hands out the selected instances as fast as the lanes take them. This wait also slows down the search and the reading
 * of metadata.
 */
export async function exportSelection(hand: Hand, selectors: SelectionOptions['selectors']): Promise<void> {
  const { client, memory, job, imageSets, sync, track } = hand
  const { options, counts, starting: signal } = job
  const walk = walkSelection(client, {
    ...options,
    selectors,
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
      if (instances.length === 0) track(imageSets.empty(imageSets.begin(loaded, { isPart: false })))
    },
    onUnreadable: () => void (counts.imageSets.failed += 1),
    onSelectionOver: () => void (counts.isSelectionOver = true),
  })
  const passed = sync !== undefined && !hand.hasInstanceFiles ? createPassedSeries(hand, sync) : undefined
  for await (const walked of walk) {
    if (walked.kind === 'failure') {
      noteFailedSelection(sync, walked)
      if (sync !== undefined && errorCode(walked.error) === 'NOTHING_SELECTED') sync.takeUnmet(walked)
      else await failSelected(job, walked)
    } else await exportWalked(hand, walked, passed)
  }
}

async function exportWalked(hand: Hand, walked: WalkedInstance, passed: PassedSeries | undefined): Promise<void> {
  const { job, imageSets, sync } = hand
  const imageSet = imageSets.of(walked.imageSet)
  const replaced = walked.isDuplicate ? undefined : await sync?.held.ofOther(walked.key)
  const isHeld = replaced !== undefined && sync?.isPassed(replaced.imageSetId) === true
  const isLeftOut = walked.isDuplicate || isHeld || (await passed?.has(walked)) === true
  const items = Number(hand.hasInstanceFiles) + Number(hand.series !== undefined)
  const instance = isLeftOut ? undefined : createJobInstance(walked, items)
  if (instance === undefined) {
    skipDuplicate(job, walked)
    await imageSets.skipDuplicate(imageSet)
  } else if (hand.hasInstanceFiles) await handInstance(hand, walked, { imageSet, instance, replaced })
  const { seriesInstanceUid } = walked.key
  await gatherSeries(hand, { imageSet, loaded: walked.imageSet }, { seriesInstanceUid, instance })
}

/** Tells the sync that a search failed, so that image sets it did not find are not called gone. */
function noteFailedSelection(sync: Sync | undefined, { error, item }: WalkedFailure): void {
  const code = errorCode(error)
  if (code === 'NOTHING_SELECTED' || code === 'SELECTOR_MALFORMED') return
  if (item.imageSetId === undefined) sync?.failSearch()
  else sync?.find(item.imageSetId)
}
