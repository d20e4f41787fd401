import { createKeyMap, createKeySet, type ErrorEntry, type FailedInstances } from '@ahi-dicom/export-files'
import { FleetError } from '../errors.ts'
import { parseJobFailure } from '../job/job-failure.ts'
import { parseJobId } from '../job/job-id.ts'
import { failureDigest } from '../job/failure-digest.ts'
import { parseJob, type JobPayload } from '../job/job-payload.ts'
import type { JobQueue } from '../job/job-queue.ts'
import type { AskRedis } from '../redis/ask-redis.ts'

/** The failures of a run. */
export interface FailedJobs extends FailedInstances, Disposable {
  /** Image sets with at least one failed job. */
  readonly imageSets: number
  /** Image sets that failed as a whole, so far: the failure names no instance, or no worker recorded one. */
  readonly unread: number
  /** Failed instances, so far. */
  readonly instances: number
  /** Frames that do not match AHI's checksum, so far. */
  readonly checksumMismatches: number
  /**
   * Returns whether a recorded failure belongs in the report: its job has failed, the last attempt had the failure, and the
   * same failure was not passed in before. Counts the failure then. Returns false for entries that
   * an earlier report got from `unrecorded`.
   */
  keep(entry: ErrorEntry): boolean
  /** Yields an entry for each failed job without a recorded failure. Call it after `keep` has seen all recorded failures. */
  unrecorded(): Generator<ErrorEntry>
}

interface FailedImageSet {
  /** An entry for the failure of its job. */
  readonly entry: ErrorEntry
  /** Digests of the failures of the last attempts, see {@link failureDigest}. Undefined if unknown. */
  readonly failures: readonly string[] | undefined
  /** Whether a worker recorded a failure of this image set. */
  readonly isNamed: boolean
}

/** Jobs per read. */
const pageSize = 1000

/** Number of maps that share the memory. */
const mostMaps = 5

/** Options of {@link readFailedJobs}. */
export interface ReadFailedJobsOptions {
  readonly datastoreId: string
  readonly ask: AskRedis
  /** Bytes of memory. Entries beyond it go to a temporary database. */
  readonly maxMemory: number
}

/** Reads the failed jobs of a queue. */
export async function readFailedJobs(
  queue: JobQueue,
  { datastoreId, ask, maxMemory }: ReadFailedJobsOptions,
): Promise<FailedJobs> {
  const maps = { maxMemory: maxMemory / mostMaps }
  const failed = createKeyMap<FailedImageSet>(maps)
  const strangers: ErrorEntry[] = []
  const named = createKeySet(maps)
  const instances = createKeySet(maps)
  /** The number of failed instances, by series. */
  const bySeries = createKeyMap<number>(maps)
  const unread = createKeySet(maps)
  let checksumMismatches = 0

  for (let start = 0; ; start += pageSize) {
    const jobs = await ask(async () => queue.getJobs(['failed'], start, start + pageSize - 1, true))
    for (const job of jobs) {
      const failure = parseJobFailure(job.failedReason ?? '')
      const key = parseJobId(job.id ?? '')
      const entry = { datastoreId, ...(key && { imageSetId: key.imageSetId }), ...failure }
      if (key === undefined) {
        if (strangers.length < mostStrangers) strangers.push(entry)
        continue
      }
      const other = failed.get(key.imageSetId)
      const failures = payloadOf(job)?.failures
      const isKnown = failures !== undefined && (other === undefined || other.failures !== undefined)
      failed.set(key.imageSetId, {
        entry: other?.entry ?? entry,
        failures: isKnown ? [...(other?.failures ?? []), ...failures] : undefined,
        isNamed: false,
      })
    }
    if (jobs.length < pageSize) break
  }

  return {
    get imageSets() {
      return failed.size
    },
    get unread() {
      return unread.size
    },
    get instances() {
      return instances.size
    },
    get checksumMismatches() {
      return checksumMismatches
    },
    keep(entry) {
      const { imageSetId = '', seriesInstanceUid = '', sopInstanceUid, code } = entry
      const imageSet = failed.get(imageSetId)
      if (imageSet === undefined || isOfJob(entry, imageSet)) return false
      const digest = failureDigest(entry)
      if (imageSet.failures?.includes(digest) === false) return false
      // Each attempt recorded the same failure.
      if (!named.add(`${imageSetId}/${digest}`)) return false
      if (!imageSet.isNamed) failed.set(imageSetId, { ...imageSet, isNamed: true })
      // The entry of a series names all its instances.
      const sopInstanceUids = sopInstanceUid === undefined ? entry.sopInstanceUids : [sopInstanceUid]
      if (sopInstanceUids === undefined) unread.add(imageSetId)
      const series = `${imageSetId}/${seriesInstanceUid}`
      for (const uid of sopInstanceUids ?? []) {
        if (instances.add(`${series}/${uid}`)) bySeries.set(series, (bySeries.get(series) ?? 0) + 1)
      }
      if (code === 'FRAME_CHECKSUM_MISMATCH' && !entry.retryable) checksumMismatches += 1
      return true
    },
    has: ({ imageSetId, seriesInstanceUid, sopInstanceUid }) =>
      instances.has(`${imageSetId}/${seriesInstanceUid}/${sopInstanceUid}`),
    countOf: ({ imageSetId, seriesInstanceUid }) => bySeries.get(`${imageSetId}/${seriesInstanceUid}`) ?? 0,
    *unrecorded() {
      for (const [imageSetId, { entry, isNamed }] of failed.entries()) {
        if (isNamed) continue
        unread.add(imageSetId)
        yield entry
      }
      yield* strangers
    },
    [Symbol.dispose]() {
      failed[Symbol.dispose]()
      named[Symbol.dispose]()
      instances[Symbol.dispose]()
      bySeries[Symbol.dispose]()
      unread[Symbol.dispose]()
    },
  }
}

/** Maximum number of entries for failed jobs whose id is not from a fleet. */
const mostStrangers = 100

/** Returns true if an entry is the failure of a whole job, which an earlier report wrote. */
function isOfJob({ seriesInstanceUid, code, message }: ErrorEntry, { entry }: FailedImageSet): boolean {
  return seriesInstanceUid === undefined && code === entry.code && message === entry.message
}

function payloadOf(job: { readonly id?: string | undefined; readonly data: unknown }): JobPayload | undefined {
  try {
    return parseJob(job)
  } catch (error) {
    if (error instanceof FleetError) return undefined
    throw error
  }
}
