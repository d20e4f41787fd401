import {
  createKeyMap,
  type ErrorEntry,
  type KeyMap,
  type KeyMapOptions,
  type RecordedInstances,
} from '@ahi-dicom/export-files'
import type { ImageSetVersion } from '../job/job-payload.ts'
import type { JobQueue } from '../job/job-queue.ts'
import type { AskRedis } from '../redis/ask-redis.ts'
import { doneJobs } from './done-jobs.ts'
import { requeueImageSet } from './requeue-image-set.ts'

/** Instances that completed jobs counted, but that are missing in the record. */
export interface MissingInstances {
  readonly instances: number
  readonly requeuedJobs: number
  readonly entries: readonly ErrorEntry[]
}

/** Maximum number of image sets with an entry of their own. */
const mostNamed = 1000

/** Options of {@link requeueMissing}. */
export interface RequeueMissingOptions extends KeyMapOptions {
  readonly datastoreId: string
  /** Number of recorded instances, by image set. */
  readonly recorded: Pick<KeyMap<RecordedInstances>, 'get'>
  /** True to leave out jobs that exported a part of their image set. The record does not count it as finished then. */
  readonly wholeOnly: boolean
  /** Image sets whose jobs are already back in the queue. */
  readonly known: ReadonlySet<string>
  readonly ask: AskRedis
}

/**
 * Puts completed jobs back into the queue if the record lacks their instances. That happens, for example, if somebody removed
 * a worker's record, or if a slow worker overwrote the files with an older version. If several versions of an image set were
 * exported, the newest counts. If the record has a newer version than the jobs, another export wrote it, and nothing is
 * missing.
 */
export async function requeueMissing(queue: JobQueue, options: RequeueMissingOptions): Promise<MissingInstances> {
  const { datastoreId, recorded, wholeOnly, known, ask } = options
  using done = await sumByImageSet(queue, options)
  const entries: ErrorEntry[] = []
  let imageSets = 0
  let instances = 0
  let requeuedJobs = 0
  for (const [imageSetId, { versionId, instances: expected, isWhole }] of done.entries()) {
    if (wholeOnly && !isWhole) continue
    const missing = expected - instancesOf(recorded.get(imageSetId), versionId, expected)
    if (missing <= 0 || known.has(imageSetId)) continue
    imageSets += 1
    instances += missing
    const requeued = await requeueImageSet(queue, { imageSetId, versionId }, { ask, once: true })
    requeuedJobs += requeued
    if (imageSets > mostNamed) continue
    const what = `Cannot find ${missing} of ${expected} instances of version ${versionId} of image set ${imageSetId} in the record`
    const message =
      requeued > 0
        ? `${what}: no worker recorded them; its jobs are back in the queue, so run a worker and report again`
        : `${what}, although it was exported again: another image set may have the same instances; select only one of the two`
    entries.push({ datastoreId, imageSetId, code: 'FLEET_INSTANCES_MISSING', message, retryable: requeued > 0 })
  }
  if (imageSets > mostNamed) {
    const message = `Cannot find instances of ${imageSets - mostNamed} more image sets in the record: their jobs are back in the queue, so run a worker and report again`
    entries.push({ datastoreId, code: 'FLEET_INSTANCES_MISSING', message, retryable: true })
  }
  return { instances, requeuedJobs, entries }
}

/** Returns how many instances of a version are recorded. Returns `expected` if the record has a newer version. */
function instancesOf(recorded: RecordedInstances | undefined, versionId: string, expected: number): number {
  if (recorded === undefined) return 0
  const order = Number(recorded.versionId) - Number(versionId)
  if (order > 0) return expected
  return order === 0 ? recorded.instances : 0
}

interface DoneImageSet extends Pick<ImageSetVersion, 'versionId'> {
  readonly instances: number
  /** True if one job exported the whole image set. */
  readonly isWhole: boolean
}

const nothingDone = { instances: 0, isWhole: true }

async function sumByImageSet(
  queue: JobQueue,
  { ask, maxMemory }: Pick<RequeueMissingOptions, 'ask' | 'maxMemory'>,
): Promise<KeyMap<DoneImageSet>> {
  const sums = createKeyMap<DoneImageSet>({ maxMemory })
  for await (const { imageSetId, versionId, instances, part, isNarrowed } of doneJobs(queue, ask)) {
    const known = sums.get(imageSetId)
    const order = known === undefined ? 1 : Number(versionId) - Number(known.versionId)
    if (order < 0) continue
    const other = order === 0 && known !== undefined ? known : nothingDone
    const isWhole = other.isWhole && part === 1 && !isNarrowed
    sums.set(imageSetId, { versionId, instances: instances + other.instances, isWhole })
  }
  return sums
}
