import { recordNames, type InstanceKey } from '@ahi-dicom/export-files'
import { ImageSetNotReplacedError } from '../errors.ts'
import { failureOf, type Failure } from '../failure/failure.ts'
import type { ItemResult, LaneItem } from '../lane/lane-item.ts'
import type { LoadedImageSet } from '../selection/load-metadata.ts'
import { report, type Job } from './job.ts'
import { takeReplaced, takeResult, takeStagedResult } from './take-result.ts'

/** An image set of a job, until each of its instances has a result. */
export interface JobImageSet extends Pick<InstanceKey, 'datastoreId' | 'imageSetId' | 'versionId'> {
  /** Selected instances. */
  readonly instances: number
  /** The version that the destination had before; undefined if it had none. */
  readonly recordedVersionId: string | undefined
  /** Whether it has instances that the job does not select. */
  readonly isWidened: boolean
  /** Whether others export the rest of it, so that nobody here knows when it is whole. */
  readonly isPart: boolean
  /** Whether new files wait until all of them are written. */
  readonly isStaged: boolean
  /** Instances without a result. */
  left: number
  /** Instances that were written, and not found written. */
  written: number
  /** Instances that other image sets have. */
  duplicates: number
  failed: number
  /** Whether all failures may pass by themselves. */
  isRetryable: boolean
  /** What waits. */
  readonly staged: { readonly item: LaneItem; readonly result: ItemResult }[]
}

/** Follows image sets through a job, to record when one is whole. */
export interface JobImageSets {
  /** Returns the image set of walked instances, which come image set by image set. */
  of(loaded: LoadedImageSet): JobImageSet
  /** Begins an image set whose instances come among those of others. */
  begin(loaded: LoadedImageSet, options: { readonly isPart: boolean }): JobImageSet
  /** Records an image set of which no instance is selected. */
  empty(imageSet: JobImageSet): Promise<void>
  /** Notes that nothing is to be done for an instance: it is there, or another image set has it. */
  skip(imageSet: JobImageSet, found: { readonly isDuplicate: boolean }): Promise<void>
  /** Takes what became of an item. Resolves with its failures. */
  take(imageSet: JobImageSet, item: LaneItem, result: ItemResult): Promise<readonly Failure[]>
}

/** Options of {@link createJobImageSets}. */
export interface JobImageSetsOptions {
  /** Whether image sets of which another version is recorded are replaced as a whole. */
  readonly replaces: boolean
  /** Told of each image set that is whole. */
  readonly onWhole?: ((imageSet: JobImageSet) => void) | undefined
}

/** Makes the image sets of a job that has not begun. */
export function createJobImageSets(job: Job, { replaces, onWhole }: JobImageSetsOptions): JobImageSets {
  const { record } = job
  let current: { readonly loaded: LoadedImageSet; readonly imageSet: JobImageSet } | undefined

  function begin(
    { selected: { imageSetId }, versionId, instances, isWidened }: LoadedImageSet,
    { isPart }: { readonly isPart: boolean },
  ): JobImageSet {
    const recorded = record.imageSet(imageSetId)
    const hasOther = recorded !== undefined && recorded.versionId !== versionId
    return {
      datastoreId: job.options.datastoreId,
      imageSetId,
      versionId,
      instances: instances.length,
      isWidened,
      isPart,
      recordedVersionId: recorded?.versionId,
      isStaged: replaces && hasOther && record.stage('', { imageSetId }) !== undefined,
      left: instances.length,
      written: 0,
      duplicates: 0,
      failed: 0,
      isRetryable: true,
      staged: [],
    }
  }

  /** Records an image set once its last instance has a result. */
  async function settle(imageSet: JobImageSet): Promise<void> {
    imageSet.left -= 1
    if (imageSet.left > 0 || job.signal.aborted) return
    if (imageSet.failed > 0) {
      if (imageSet.isStaged) await giveUp(job, imageSet)
      return
    }
    if (imageSet.isPart) return
    try {
      await finish(imageSet)
    } catch (error) {
      job.lose(recordNames.manifest, error)
      return
    }
    for (const { item, result } of imageSet.staged) await takeReplaced(job, item, result)
    onWhole?.(imageSet)
  }

  async function finish(imageSet: JobImageSet): Promise<void> {
    const { datastoreId, imageSetId, versionId, instances, recordedVersionId } = imageSet
    // Another image set may lose an instance without a new version of this one, which has to be read again then. An image
    // set of more than the selection is not what the selection names.
    const isWhole = imageSet.duplicates === 0 && !imageSet.isWidened
    const finished = { datastoreId, imageSetId, versionId, instances, isWhole }
    if (imageSet.isStaged) {
      const entries = imageSet.staged.flatMap(({ result }) => result.entries)
      await record.replaceImageSet({ ...finished, entries })
      return
    }
    const isKnown = isWhole ? record.imageSetVersion(imageSetId) === versionId : recordedVersionId === versionId
    if (!isKnown) await record.finishImageSet(finished)
  }

  return {
    of(loaded) {
      if (current?.loaded !== loaded) current = { loaded, imageSet: begin(loaded, { isPart: false }) }
      return current.imageSet
    },
    begin,
    empty: (imageSet) => settle({ ...imageSet, left: 1 }),
    async skip(imageSet, { isDuplicate }) {
      if (isDuplicate) imageSet.duplicates += 1
      await settle(imageSet)
    },
    async take(imageSet, item, result) {
      const failures = await (imageSet.isStaged ? takeStagedResult : takeResult)(job, item, result)
      if (failures.length > 0) {
        imageSet.failed += 1
        imageSet.isRetryable &&= failures.every(({ retryable }) => retryable)
      } else imageSet.written += 1
      if (imageSet.isStaged && failures.length === 0) imageSet.staged.push({ item, result })
      await settle(imageSet)
      return failures
    },
  }
}

/** Leaves an image set as it was: not all of its new version could be written. */
async function giveUp(job: Job, imageSet: JobImageSet): Promise<void> {
  const { datastoreId, imageSetId, failed, isRetryable: retryable } = imageSet
  job.counts.instances.failed += imageSet.staged.length
  const error = new ImageSetNotReplacedError(imageSet, { failed, retryable })
  await report(job, failureOf(error), { datastoreId, imageSetId })
  for (const { result } of imageSet.staged) {
    // What stays is removed when the record is opened again.
    for (const { path } of result.entries) await job.options.destination.remove(path).catch(() => undefined)
  }
}
