import { createKeyMap, createKeySet, type ErrorEntry } from '@ahi-dicom/export-files'
import { FleetError } from '../errors.ts'
import { parseJobFailure } from '../job/job-failure.ts'
import { parseJobId } from '../job/job-id.ts'
import { parseJob, type JobPayload } from '../job/job-payload.ts'
import type { JobQueue } from '../job/job-queue.ts'
import type { AskRedis } from '../redis/ask-redis.ts'

/** The failures of a run. */
export interface FailedJobs extends Disposable {
  /** Image sets of which a part failed. */
  readonly imageSets: number
  /** Image sets of these of which no instance is named so far: nothing of them could be read. */
  readonly unread: number
  /** Instances that are named as failed so far. */
  readonly instances: number
  /** Frames that differ from AHI's checksums of them, so far. */
  readonly checksumMismatches: number
  /** Returns whether what a worker recorded is a failure that has stayed, and is not named yet. */
  keep(entry: ErrorEntry): boolean
  /** Yields an entry for each failed job of which no worker has recorded a failure. To be read after those are kept. */
  unrecorded(): Generator<ErrorEntry>
}

interface FailedImageSet {
  /** An entry for the failure of its job. */
  readonly entry: ErrorEntry
  /** `SERIES/SOP` of what is left of it. Undefined: nobody knows. */
  readonly left: readonly string[] | undefined
  readonly isNamed: boolean
}

/** Jobs that are read at a time. */
const pageSize = 1000

/** Maps of failed jobs. */
const mostMaps = 4

/** Options of {@link readFailedJobs}. */
export interface ReadFailedJobsOptions {
  readonly datastoreId: string
  readonly ask: AskRedis
  /** Bytes. */
  readonly maxMemory: number
}

/** Reads the failed jobs of a queue. Memory is bounded: what does not fit goes to a temporary database. */
export async function readFailedJobs(
  queue: JobQueue,
  { datastoreId, ask, maxMemory }: ReadFailedJobsOptions,
): Promise<FailedJobs> {
  const maps = { maxMemory: maxMemory / mostMaps }
  const failed = createKeyMap<FailedImageSet>(maps)
  const strangers: ErrorEntry[] = []
  const named = createKeySet(maps)
  const instances = createKeySet(maps)
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
      const left = leftOf(job)
      const isKnown = left !== undefined && (other === undefined || other.left !== undefined)
      failed.set(key.imageSetId, {
        entry: other?.entry ?? entry,
        left: isKnown ? [...(other?.left ?? []), ...left] : undefined,
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
      const { imageSetId = '', seriesInstanceUid, sopInstanceUid, imageFrameId, code } = entry
      const imageSet = failed.get(imageSetId)
      if (imageSet === undefined) return false
      const instance = `${seriesInstanceUid ?? ''}/${sopInstanceUid ?? ''}`
      if (sopInstanceUid !== undefined && imageSet.left?.includes(instance) === false) return false
      // Each attempt has recorded it.
      if (!named.add(`${imageSetId}/${instance}/${imageFrameId ?? ''}/${code}`)) return false
      if (!imageSet.isNamed) failed.set(imageSetId, { ...imageSet, isNamed: true })
      if (sopInstanceUid === undefined) unread.add(imageSetId)
      else instances.add(`${imageSetId}/${instance}`)
      if (code === 'FRAME_CHECKSUM_MISMATCH' && !entry.retryable) checksumMismatches += 1
      return true
    },
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
      unread[Symbol.dispose]()
    },
  }
}

/** Jobs that somebody else put there are named up to this number. */
const mostStrangers = 100

function leftOf(job: { readonly id?: string | undefined; readonly data: unknown }): readonly string[] | undefined {
  return payloadOf(job)?.only?.map(({ seriesInstanceUid, sopInstanceUid }) => `${seriesInstanceUid}/${sopInstanceUid}`)
}

function payloadOf(job: { readonly id?: string | undefined; readonly data: unknown }): JobPayload | undefined {
  try {
    return parseJob(job)
  } catch (error) {
    if (error instanceof FleetError) return undefined
    throw error
  }
}
