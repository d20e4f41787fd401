import { recordNames } from '@ahi-dicom/export-files'
import { ImageSetNotReplacedError } from '../errors.ts'
import { failureOf, type Failure } from '../failure/failure.ts'
import type { ItemResult } from '../lane/lane-item.ts'
import type { LoadedImageSet } from '../selection/load-metadata.ts'
import type { HandedItem } from './handed-items.ts'
import { report, type Job } from './job.ts'
import type { JobImageSet } from './job-image-set.ts'
import { countDone, countFailed } from './job-instance.ts'
import { takeReplaced, takeResult, takeStagedResult } from './take-result.ts'

/** Tracks the image sets of a job, and records each one that is complete. */
export interface JobImageSets {
  /** Returns the image set of a walked instance. Instances are walked one image set after the other. */
  of(loaded: LoadedImageSet): JobImageSet
  /** Adds an image set whose instances are handed out alongside those from other image sets. */
  begin(loaded: LoadedImageSet, options: { readonly isPart: boolean }): JobImageSet
  /** Records an image set with no selected instances. */
  empty(imageSet: JobImageSet): Promise<void>
  /** Notes that an instance is left out because another image set has it. */
  skipDuplicate(imageSet: JobImageSet): Promise<void>
  /** Notes that an item needs no work: its files exist, or none of its instances is left. */
  skip(imageSet: JobImageSet): Promise<void>
  /** Processes the result of an item. Resolves with its failures. */
  take(handed: HandedItem, result: ItemResult): Promise<readonly Failure[]>
}

/** Options of {@link createJobImageSets}. */
export interface JobImageSetsOptions extends JobScopes {
  /** Whether a newly read version of an image set replaces the recorded one as a whole. */
  readonly replaces: boolean
  /** Called for each complete image set. */
  readonly onWhole?: ((imageSet: JobImageSet) => void) | undefined
}

/** Whether the formats of a job make files of instances, of series, or both. */
interface JobScopes {
  readonly hasInstanceFiles: boolean
  readonly hasSeriesFiles: boolean
}

/** Creates the image sets of a job that has not started yet. */
export function createJobImageSets(job: Job, options: JobImageSetsOptions): JobImageSets {
  const { replaces, onWhole, hasInstanceFiles, hasSeriesFiles } = options
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
      left: (hasInstanceFiles ? instances.length : 0) + (hasSeriesFiles ? countSeries(instances) : 0),
      unwalked: instances.length,
      written: 0,
      duplicates: 0,
      failed: 0,
      isRetryable: true,
      series: new Map(),
      staged: [],
      waiting: [],
    }
  }

  /** Records an image set once its last item has a result. */
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
      job.noteUnrecorded(recordNames.manifest, error)
      return
    }
    for (const instance of imageSet.waiting) countDone(job, instance)
    for (const staged of imageSet.staged) await takeReplaced(job, staged)
    onWhole?.(imageSet)
  }

  async function finish(imageSet: JobImageSet): Promise<void> {
    const { datastoreId, imageSetId, versionId, instances, recordedVersionId } = imageSet
    // Another image set may lose an instance without a new version of this one. This one must then be read again. An
    // image set with more instances than were selected is not complete either.
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
    async skipDuplicate(imageSet) {
      imageSet.duplicates += 1
      if (hasInstanceFiles) await settle(imageSet)
    },
    skip: settle,
    async take(handed, result) {
      const { imageSet, instances } = handed
      const { failures, failedInstances } = imageSet.isStaged
        ? await takeStagedResult(job, handed, { result, onDone: (instance) => void imageSet.waiting.push(instance) })
        : await takeResult(job, handed, result)
      if (failures.length > 0) {
        imageSet.failed = Math.max(1, imageSet.failed + failedInstances)
        imageSet.isRetryable &&= failures.every(({ retryable }) => retryable)
      } else {
        imageSet.written += instances.length
        if (imageSet.isStaged) imageSet.staged.push({ instances, result })
      }
      await settle(imageSet)
      return failures
    },
  }
}

function countSeries(instances: LoadedImageSet['instances']): number {
  return new Set(instances.map(({ seriesInstanceUid }) => seriesInstanceUid)).size
}

/** Keeps the recorded version of an image set, because some files of the new version could not be written. */
async function giveUp(job: Job, imageSet: JobImageSet): Promise<void> {
  const { datastoreId, imageSetId, failed, isRetryable: retryable } = imageSet
  for (const instance of imageSet.waiting) countFailed(job, instance)
  const error = new ImageSetNotReplacedError(imageSet, { failed, retryable })
  await report(job, failureOf(error), { datastoreId, imageSetId })
  for (const { result } of imageSet.staged) {
    // Files that cannot be removed now are removed when the record is opened again.
    for (const { path } of result.entries) await job.options.destination.remove(path).catch(() => undefined)
  }
}
