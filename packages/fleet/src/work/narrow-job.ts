import type { ExportedImageSet } from '@ahi-dicom/exporter'
import type { Job } from 'bullmq'
import { readAttempts, type JobAttempts } from '../job/job-attempts.ts'
import { failureDigest } from '../job/failure-digest.ts'
import { formatJobData, mostInstancesNamed, type JobData, type JobPayload } from '../job/job-payload.ts'

/** A job of a run. Its return value is the number of exported instances. */
export type FleetJob = Job<JobData, number>

/** A job that a worker has taken, with the token of its lock. */
export interface TakenJob {
  readonly job: FleetJob
  readonly token: string
  readonly payload: JobPayload
}

/** The result of an attempt that was cut short. */
export interface DonePart extends Pick<ExportedImageSet, 'left'> {
  /** Exported instances. */
  readonly instances: number
}

/** Returns the number of finished instances of a job, over all attempts. */
export function doneInstances({ instances, skipped }: ExportedImageSet, earlier: JobAttempts): number {
  return earlier.instances + instances + skipped
}

/**
 * Limits the next attempt to the unfinished instances, and notes the failures for the report. Returns false if the next
 * attempt is not limited: the instances are too many to name in the job's data, or `isWhole` is true, because the job has to
 * export its whole image set.
 */
export async function narrowJob(
  { job, payload }: TakenJob,
  done: {
    readonly exported: ExportedImageSet
    readonly earlier: JobAttempts
    readonly attempts: number
    readonly isWhole: boolean
  },
): Promise<boolean> {
  const { exported, earlier, attempts, isWhole } = done
  const noted = { ...payload, failures: digestsOf(exported.failures) }
  const narrowed = isWhole ? undefined : narrowedData(noted, exported.left)
  const data = narrowed ?? dataOf(noted)
  if (data !== undefined) await job.updateData(data)
  const isNarrowed = narrowed !== undefined
  const instances = isNarrowed ? doneInstances(exported, earlier) : earlier.instances
  await job.updateProgress({ attempts, instances } satisfies JobAttempts)
  return isNarrowed
}

function digestsOf(failures: ExportedImageSet['failures']): readonly string[] | undefined {
  const digests = [...new Set(failures.map(failureDigest))]
  return digests.length <= mostInstancesNamed ? digests : undefined
}

/** Like {@link narrowJob}, for an attempt that was cut short. */
export async function narrowCutJob({ job, payload }: TakenJob, done: DonePart): Promise<boolean> {
  const { instances, left } = done
  const data = instances > 0 ? narrowedData(payload, left) : undefined
  if (data === undefined) return false
  const earlier = readAttempts(job.progress)
  await job.updateData(data)
  await job.updateProgress({ ...earlier, instances: earlier.instances + instances } satisfies JobAttempts)
  return true
}

function narrowedData(payload: JobPayload, left: ExportedImageSet['left']): JobData | undefined {
  if (left.length === 0 || left.length > mostInstancesNamed) return undefined
  return dataOf({ ...payload, only: left })
}

/** Returns the data of a job, or undefined if it cannot contain the UIDs. */
function dataOf(payload: JobPayload): JobData | undefined {
  try {
    return formatJobData(payload)
  } catch {
    return undefined
  }
}
