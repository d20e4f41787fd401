import type { ErrorEntry } from '@ahi-dicom/export-files'
import type { ImageSetInstance } from '@ahi-dicom/ahi-metadata'
import type { InstanceUids } from '../errors.ts'
import { errorEntry, failureOf } from '../failure/failure.ts'
import { countDropped, countLoaded } from '../record/counts.ts'
import type { LoadedImageSet } from '../selection/load-metadata.ts'
import { instanceKey } from '../selection/walk-selection.ts'
import type { Call } from './call.ts'
import { failSelected, handInstance, type Hand } from './hand.ts'
import { handSeries } from './hand-series.ts'
import type { ItemEnd } from './handed-items.ts'
import { earlierInstances, selectedVersion, wantedInstances, type ImageSetLoader } from './image-set-export.ts'
import type { WantedInstances } from './image-set-export.ts'
import { notify, warn, type Job } from './job.ts'
import type { JobImageSet } from './job-image-set.ts'
import { createJobInstance, type JobInstance } from './job-instance.ts'
import type { JobSeries } from './job-series.ts'
import type { ExportedImageSet, ImageSetToExport } from './open-export-options.ts'

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

async function readWanted({ job, load, series }: OneByOne, imageSet: ImageSetToExport): Promise<FoundInstances> {
  const { options } = job
  const earlier = await earlierInstances(load, imageSet, options)
  if (earlier.kind === 'unreadable') return earlier
  for (const ofEarlier of earlier.series) series?.ownerOf(ofEarlier)
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
 * Hands out the instances and their series, and waits for their results. After a stop, it still waits for items already
 * handed out, until the call is cut.
 */
async function handOutAll(
  one: OneByOne,
  { loaded, call, results }: ImageSetExport,
  { instances, jobImageSet: imageSet }: InstancesToHand,
): Promise<void> {
  const { job, series, hasInstanceFiles } = one
  const items = Number(hasInstanceFiles) + Number(series !== undefined)
  const created = instances.map((entry) =>
    createJobInstance({ key: instanceKey(job.options.datastoreId, loaded, entry), entry }, items),
  )
  call.left = () => created.filter(isLeft).map(({ key }) => uidsOf(key))
  const all = Promise.withResolvers<void>()
  // Counts the items that have not ended, plus one until all are handed out.
  let waiting = 1

  function end(): void {
    waiting -= 1
    if (waiting > 0) return
    call.isWritten = true
    all.resolve()
  }

  function onEnd({ failures, byteLength }: ItemEnd): void {
    results.failures.push(...failures)
    results.byteLength += byteLength
    end()
  }

  async function handInstances(): Promise<void> {
    for (const [index, instance] of created.entries()) {
      job.starting.throwIfAborted()
      // No series is handed out after this, so with series formats no instance can be finished.
      if (call.signal.aborted) return drop(job, series === undefined ? created.slice(index) : created)
      waiting += 1
      const { key, entry } = instance
      await handInstance(one, { key, entry, imageSet: loaded }, { imageSet, instance, onEnd })
    }
  }

  async function handAllSeries(jobSeries: JobSeries): Promise<void> {
    const bySeries = [...Map.groupBy(created, ({ key }) => key.seriesInstanceUid).values()]
    for (const [index, ofSeries] of bySeries.entries()) {
      job.starting.throwIfAborted()
      if (call.signal.aborted) return drop(job, bySeries.slice(index).flat())
      waiting += 1
      await handSeries(one, jobSeries, { imageSet, loaded, instances: ofSeries, onEnd })
    }
  }

  try {
    if (hasInstanceFiles) await handInstances()
    if (series !== undefined) await handAllSeries(series)
  } catch (error) {
    if (!job.starting.aborted) throw error
    await call.whenCut
  }
  loaded.release()
  end()
  await Promise.race([all.promise, call.whenCut])
  takeInstances(results, created)
}

function isLeft({ left }: JobInstance): boolean {
  return left > 0
}

/** Leaves out instances after the caller has stopped waiting. */
function drop(job: Job, instances: readonly JobInstance[]): void {
  const dropped = instances.filter(({ isCounted }) => !isCounted)
  for (const instance of dropped) {
    instance.isCounted = true
    job.telemetry.drop(instance.key.imageSetId, 1)
  }
  countDropped(
    job.counts,
    dropped.map(({ entry }) => entry),
  )
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

/** Adds the outcomes of the instances. An instance with an item that failed is left. */
function takeInstances(results: Results, instances: readonly JobInstance[]): void {
  for (const instance of instances) {
    const { key, outcome } = instance
    if (isLeft(instance) || outcome === undefined) results.left.push(uidsOf(key))
    else if (outcome.kind === 'skipped') results.skipped += 1
    else {
      results.instances += 1
      results.frames += outcome.frames.written
    }
  }
}

function uidsOf({ seriesInstanceUid, sopInstanceUid }: InstanceUids): InstanceUids {
  return { seriesInstanceUid, sopInstanceUid }
}
