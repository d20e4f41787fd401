import { createKeySet, type ExportRecord, type RecordedImageSet } from '@ahi-dicom/export-files'
import type { UnreadInstances } from '../record/counts.ts'
import type { SyncChange, SyncCounts } from '../record/sync-counts.ts'
import type { ItemFailure } from '../selection/item-failure.ts'
import type { ImageSetVersion, WidenOptions } from '../selection/load-metadata.ts'
import type { SelectionOptions } from '../selection/selection-options.ts'
import type { GivenSelector } from '../selection/selector.ts'
import { instanceUids } from '../selection/walk-selection.ts'
import { failuresOfOthers, goneImageSets, isOfSelection } from './gone-image-sets.ts'
import { createHeldItems, type HeldItems } from './held-items.ts'
import type { SyncChoices, SyncedImageSet } from './sync-options.ts'

/** Compares the image sets of AHI with those at the destination. */
export interface Sync extends Disposable {
  /** Returns true if an image set need not be read: this version is complete, or this is a dry run. */
  readonly isDone: (imageSet: ImageSetVersion) => boolean
  /**
   * Returns a function that tells which instances of an image set must be replaced although this sync does not select
   * them. Another selection recorded them in an earlier version, and they would be lost otherwise. Returns undefined if
   * no instance is.
   */
  readonly keptInstances: NonNullable<WidenOptions['alsoWanted']>
  /**
   * Counts an image set that was not read. Returns how many of its instances are recorded, and how many are unverified.
   */
  takeDone(imageSet: ImageSetVersion): UnreadInstances
  /** Returns true if an image set was not read because it is done. */
  isPassed(imageSetId: string): boolean
  /** Counts an image set that is now complete. */
  readonly takeWhole: (imageSet: ImageSetVersion & WholeImageSet) => void
  /** Notes that AHI has an image set, even if it fails later. */
  find(imageSetId: string): void
  /** Notes that a search failed, so it is not known which image sets AHI has. */
  failSearch(): void
  /** Takes the failure of a selector that matches nothing in AHI. Its image sets may be gone. */
  takeUnmet(failure: ItemFailure): void
  /**
   * Reports the recorded image sets that AHI no longer has, and removes them if `deleteGone` is set. Returns the
   * failures of selectors that match none of them.
   */
  finish(): Promise<readonly ItemFailure[]>
  readonly held: HeldItems
  readonly counts: SyncCounts
}

/** The result of a job for an image set. */
interface WholeImageSet {
  readonly instances: number
  /** The number of written instances. */
  readonly written: number
  /** The version that the destination held before. */
  readonly recordedVersionId: string | undefined
}

/** Options of {@link createSync}. */
export interface SyncParts extends Pick<SelectionOptions, 'datastoreId' | 'filters' | 'nonPrimary'>, SyncChoices {
  readonly record: ExportRecord
  /** Bytes of memory for each set. */
  readonly setMemory: number
  readonly selectors: readonly GivenSelector[] | 'all'
}

/** Creates the state of a sync that has not started yet. */
export function createSync(parts: SyncParts): Sync {
  const { record, setMemory: maxMemory, deleteGone, dryRun = false, onImageSet, ...selection } = parts
  const found = createKeySet({ maxMemory })
  const passed = createKeySet({ maxMemory })
  const held = createHeldItems(record, { maxMemory })
  const counts = { imageSets: noChanges(), instances: noChanges() }
  const unmet: ItemFailure[] = []
  let isSearchComplete = true

  function count(change: SyncChange, instances: number): void {
    counts.imageSets[change] += 1
    counts.instances[change] += instances
  }

  function tell({ imageSetId, versionId }: ImageSetVersion, change: SyncedImageSet['change'], instances: number): void {
    count(change, instances)
    onImageSet?.({ imageSetId, versionId, change })
  }

  function isWhole({ imageSetId, versionId }: ImageSetVersion): boolean {
    return record.imageSetVersion(imageSetId) === versionId
  }

  async function finish(): Promise<readonly ItemFailure[]> {
    await held.removeLost()
    if (!isSearchComplete) return unmet
    const gone = await goneImageSets(record, selection, (imageSetId) => found.has(imageSetId))
    const stillUnmet = await failuresOfOthers(record, unmet, gone)
    for (const imageSet of gone) await leave(imageSet)
    return stillUnmet
  }

  async function leave(imageSet: RecordedImageSet): Promise<void> {
    const instances = imageSet.instances === 0 ? imageSet.files : imageSet.instances
    if (instances > 0) tell(imageSet, 'gone', instances)
    if (deleteGone !== true) return
    if (!dryRun) await record.removeImageSet(imageSet.imageSetId)
    if (instances > 0) tell(imageSet, 'deleted', instances)
  }

  return {
    held,
    counts,
    isDone(imageSet) {
      found.add(imageSet.imageSetId)
      return dryRun || isWhole(imageSet)
    },
    async keptInstances({ imageSetId, versionId }) {
      const recorded = record.imageSet(imageSetId)
      if (recorded === undefined || isOfSelection(recorded, selection)) return undefined
      if (recorded.versionId === versionId && !recorded.hasOther) return undefined
      const isRecorded = await held.ofImageSet(imageSetId)
      return (entry) => isRecorded(instanceUids(entry))
    },
    takeDone(imageSet) {
      const { imageSetId, versionId } = imageSet
      passed.add(imageSetId)
      const recorded = record.imageSet(imageSetId)
      const { instances = 0, unverified = 0, unchecked = 0 } = recorded ?? {}
      if (isWhole(imageSet)) {
        count('unchanged', instances)
        return { instances, unverified, unchecked }
      }
      tell(imageSet, changeOf(recorded?.versionId, versionId), instances)
      return { instances, unverified: 0, unchecked: 0 }
    },
    isPassed: (imageSetId) => passed.has(imageSetId),
    takeWhole(imageSet) {
      const change = changeOf(imageSet.recordedVersionId, imageSet.versionId)
      if (change === 'new' && imageSet.written === 0) count('unchanged', imageSet.instances)
      else tell(imageSet, change, imageSet.instances)
    },
    find: (imageSetId) => void found.add(imageSetId),
    failSearch() {
      isSearchComplete = false
    },
    takeUnmet: (failure) => void unmet.push(failure),
    finish,
    [Symbol.dispose]() {
      for (const store of [found, passed, held]) store[Symbol.dispose]()
    },
  }
}

function changeOf(recordedVersionId: string | undefined, versionId: string): 'new' | 'updated' {
  return recordedVersionId === undefined || recordedVersionId === versionId ? 'new' : 'updated'
}

function noChanges(): Record<SyncChange, number> {
  return { new: 0, updated: 0, unchanged: 0, gone: 0, deleted: 0 }
}
