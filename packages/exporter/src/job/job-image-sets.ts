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

/** Follows image sets through a job, to record when one is whole. */
export interface JobImageSets {
  /** Returns the image set of walked instances, which come image set by image set. */
  of(loaded: LoadedImageSet): JobImageSet
  /** Begins an image set whose instances come among those of others. */
  begin(loaded: LoadedImageSet, options: { readonly isPart: boolean }): JobImageSet
  /** Records an image set of which no instance is selected. */
  empty(imageSet: JobImageSet): Promise<void>
  /** Notes that an instance is left out, since another image set has it. */
  skipDuplicate(imageSet: JobImageSet): Promise<void>
  /** Notes that nothing is to be done for an item: its files are there, or none of its instances is left. */
  skip(imageSet: JobImageSet): Promise<void>
  /** Takes what became of an item. Resolves with its failures. */
  take(handed: HandedItem, result: ItemResult): Promise<readonly Failure[]>
}

/** Options of {@link createJobImageSets}. */
export interface JobImageSetsOptions extends JobScopes {
  /** Whether image sets of which another version is recorded are replaced as a whole. */
  readonly replaces: boolean
  /** Told of each image set that is whole. */
  readonly onWhole?: ((imageSet: JobImageSet) => void) | undefined
}

/** What the formats of a job make files of. */
interface JobScopes {
  readonly hasInstanceFiles: boolean
  readonly hasSeriesFiles: boolean
}

/** Makes the image sets of a job that has not begun. */
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
      job.lose(recordNames.manifest, error)
      return
    }
    for (const instance of imageSet.waiting) countDone(job, instance)
    for (const staged of imageSet.staged) await takeReplaced(job, staged)
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

/** Leaves an image set as it was: not all of its new version could be written. */
async function giveUp(job: Job, imageSet: JobImageSet): Promise<void> {
  const { datastoreId, imageSetId, failed, isRetryable: retryable } = imageSet
  for (const instance of imageSet.waiting) countFailed(job, instance)
  const error = new ImageSetNotReplacedError(imageSet, { failed, retryable })
  await report(job, failureOf(error), { datastoreId, imageSetId })
  for (const { result } of imageSet.staged) {
    // What stays is removed when the record is opened again.
    for (const { path } of result.entries) await job.options.destination.remove(path).catch(() => undefined)
  }
}
