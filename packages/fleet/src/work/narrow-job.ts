import type { ExportedImageSet } from '@ahi-dicom/exporter'
import type { Job } from 'bullmq'
import { readAttempts, type JobAttempts } from '../job/job-attempts.ts'
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
 * Limits the next attempt to the unfinished instances. Returns false if they are too many to name in the job's data, or if
 * `isWhole`: the job has to export its whole image set.
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
  const data = isWhole ? undefined : narrowedData(payload, exported.left)
  if (data !== undefined) await job.updateData(data)
  const instances = data === undefined ? earlier.instances : doneInstances(exported, earlier)
  await job.updateProgress({ attempts, instances } satisfies JobAttempts)
  return data !== undefined
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
  try {
    return formatJobData({ ...payload, only: left })
  } catch {
    // The data of a job cannot contain these UIDs.
    return undefined
  }
}
