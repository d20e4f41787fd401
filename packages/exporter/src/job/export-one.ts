import type { ErrorEntry, InstanceKey } from '@ahi-dicom/export-files'
import type { ImageSetInstance } from '@ahi-dicom/ahi-metadata'
import type { InstanceUids } from '../errors.ts'
import { errorEntry, failureOf, type Failure } from '../failure/failure.ts'
import type { ItemResult } from '../lane/lane-item.ts'
import { countDropped, countLoaded } from '../record/counts.ts'
import type { LoadedImageSet } from '../selection/load-metadata.ts'
import { instanceKey } from '../selection/walk-selection.ts'
import type { Call } from './call.ts'
import { failSelected, handInstance, type Hand } from './hand.ts'
import { earlierInstances, selectedVersion, wantedInstances, type ImageSetLoader } from './image-set-export.ts'
import type { WantedInstances } from './image-set-export.ts'
import { notify, warn, type Job } from './job.ts'
import type { JobImageSet } from './job-image-set.ts'
import { createJobInstance } from './job-instance.ts'
import type { ExportedImageSet, ImageSetToExport } from './open-export-options.ts'
import { failedInstance } from './take-result.ts'

/** Parts needed to export single image sets. */
export interface OneByOne extends Hand {
  readonly load: ImageSetLoader
}

/**
 * Exports one image set. Resolves once all of it survives a power cut. Rejects if the call is cut, or if the job ends.
 */
export async function exportOne(one: OneByOne, imageSet: ImageSetToExport, call: Call): Promise<ExportedImageSet> {
  const { job, flushing } = one
  job.counts.imageSets.selected += 1
  const found = await findWanted(one, imageSet, call)
  const results: Results = { instances: 0, frames: 0, byteLength: 0, skipped: 0, failures: [], left: [] }
  if (found.kind === 'unreadable') await failImageSet(one, imageSet, { error: found.error, results })
  else await exportWanted(one, { ...found, imageSet, call, results })
  call.isWritten = true
  await Promise.race([flushing.durable(), call.whenCut])
  return { ...results, met: found.kind === 'found' ? found.wanted.met : [] }
}

type FoundInstances =
  | { readonly kind: 'found'; readonly loaded: LoadedImageSet; readonly wanted: WantedInstances }
  | { readonly kind: 'unreadable'; readonly error: unknown }

/** Reads the document, and tells the caller how many instances it has. */
async function findWanted(one: OneByOne, imageSet: ImageSetToExport, call: Call): Promise<FoundInstances> {
  const { counts } = one.job
  try {
    const found = await readWanted(one, imageSet)
    if (found.kind === 'unreadable') return found
    try {
      call.signal.throwIfAborted()
      await Promise.race([imageSet.onLoaded?.({ instances: found.wanted.instances.length }), call.whenCut])
    } catch (error) {
      found.loaded.release()
      throw error
    }
    return found
  } catch (error) {
    if (!one.job.starting.aborted) counts.imageSets.selected -= 1
    throw error
  }
}

async function readWanted({ job, load }: OneByOne, imageSet: ImageSetToExport): Promise<FoundInstances> {
  const { options } = job
  const earlier = await earlierInstances(load, imageSet, options)
  if (earlier.kind === 'unreadable') return earlier
  const loading = await load(selectedVersion(options, imageSet))
  if (loading.kind === 'unreadable') return loading
  job.access.grant('GetImageSetMetadata')
  try {
    const wanted = wantedInstances(loading, imageSet, { ...options, earlier: earlier.digests })
    return { kind: 'found', loaded: loading, wanted }
  } catch (error) {
    loading.release()
    return { kind: 'unreadable', error }
  }
}

interface ImageSetExport {
  readonly imageSet: ImageSetToExport
  readonly loaded: LoadedImageSet
  readonly wanted: WantedInstances
  readonly call: Call
  readonly results: Results
}

/** Writes the instances and records them. */
async function exportWanted(one: OneByOne, exporting: ImageSetExport): Promise<void> {
  const { job, imageSets } = one
  const { imageSet, loaded, wanted, call } = exporting
  const { start = 0, end = Infinity } = imageSet.range ?? {}
  const instances = wanted.instances.slice(start, end)
  const jobImageSet = imageSets.begin(
    { ...loaded, instances },
    { isPart: instances.length < wanted.instances.length || isNarrowed(imageSet) },
  )
  countLoaded(job.counts, instances)
  job.telemetry.start(imageSet, instances.length)
  job.warnings.begin(imageSet)
  try {
    if (instances.length === 0) await imageSets.empty(jobImageSet)
    else await handOutAll(one, exporting, { instances, jobImageSet })
  } catch (error) {
    if (!call.signal.aborted && !job.starting.aborted) job.end(failureOf(error))
    throw error
  } finally {
    loaded.release()
    await warn(job, job.warnings.finish(imageSet))
    notify(job)
  }
}

function isNarrowed({ instances, selectors = [], after = [] }: ImageSetToExport): boolean {
  return instances !== undefined || selectors.length + after.length > 0
}

interface InstancesToHand {
  readonly instances: readonly ImageSetInstance[]
  readonly jobImageSet: JobImageSet
}

/**
 * Hands out the instances and waits for their results. After a stop, it still waits for instances already handed out,
 * until the call is cut.
 */
async function handOutAll(
  one: OneByOne,
  { loaded, call, results }: ImageSetExport,
  { instances, jobImageSet }: InstancesToHand,
): Promise<void> {
  const { job } = one
  const pairs = instances.map((entry) => ({ entry, uids: uidsOf(entry) }))
  const left = new Set(pairs.map(({ uids }) => uids))
  const all = Promise.withResolvers<void>()
  // Counts the instances without a result, plus one until all are handed out.
  let waiting = 1
  call.left = left

  function end(): void {
    waiting -= 1
    if (waiting > 0) return
    call.isWritten = true
    all.resolve()
  }

  async function hand(entry: ImageSetInstance, uids: InstanceUids): Promise<void> {
    waiting += 1
    const key = instanceKey(job.options.datastoreId, loaded, entry)
    const place = {
      imageSet: jobImageSet,
      instance: createJobInstance({ key, entry }, 1),
      onTaken(result: ItemResult, failures: readonly Failure[]) {
        // The instance was aborted with the job.
        if (failures.length > 0 && job.signal.aborted) return
        takeInstance(results, key, { result, failures })
        if (failures.length === 0) left.delete(uids)
        end()
      },
    }
    if (await handInstance(one, { key, entry, imageSet: loaded }, place)) return
    results.skipped += 1
    left.delete(uids)
    end()
  }

  try {
    for (const [index, { entry, uids }] of pairs.entries()) {
      job.starting.throwIfAborted()
      if (call.signal.aborted) {
        drop(job, loaded, instances.slice(index))
        break
      }
      await hand(entry, uids)
    }
  } catch (error) {
    if (!job.starting.aborted) throw error
    await call.whenCut
  }
  loaded.release()
  end()
  await Promise.race([all.promise, call.whenCut])
}

/** Leaves out instances after the caller has stopped waiting. */
function drop(job: Job, { selected }: LoadedImageSet, instances: readonly ImageSetInstance[]): void {
  countDropped(job.counts, instances)
  job.telemetry.drop(selected.imageSetId, instances.length)
}

/** Records the failure of an image set that cannot be exported at all. */
async function failImageSet(
  { job }: OneByOne,
  { imageSetId }: ImageSetToExport,
  { error, results }: { readonly error: unknown; readonly results: Results },
): Promise<void> {
  const item = { datastoreId: job.options.datastoreId, imageSetId }
  const failure = failureOf(error)
  if (!failure.isOutage) job.counts.imageSets.failed += 1
  results.failures.push(errorEntry(failure, item))
  await failSelected(job, { error, item })
}

/** The results of an image set so far. */
interface Results extends Record<'instances' | 'frames' | 'byteLength' | 'skipped', number> {
  readonly failures: ErrorEntry[]
  readonly left: InstanceUids[]
}

function takeInstance(
  results: Results,
  key: InstanceKey,
  { result, failures }: { readonly result: ItemResult; readonly failures: readonly Failure[] },
): void {
  if (failures.length > 0) {
    results.left.push(uidsOf(key))
    for (const failure of failures) results.failures.push(errorEntry(failure, failedInstance(key)))
    return
  }
  results.instances += 1
  results.frames += result.frames.written
  for (const { bytes } of result.entries) results.byteLength += bytes
}

function uidsOf({ seriesInstanceUid, sopInstanceUid }: InstanceUids): InstanceUids {
  return { seriesInstanceUid, sopInstanceUid }
}
