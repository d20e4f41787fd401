import type { ExportedImageSet } from '@ahi-dicom/exporter'
import type { Job } from 'bullmq'
import { readAttempts, type JobAttempts } from '../job/job-attempts.ts'
import { formatJobData, mostInstancesNamed, nameOf, type JobData, type JobPayload } from '../job/job-payload.ts'

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
 * Limits the next attempt to the unfinished instances. Returns false if they are too many to name in the job's data. If
 * `isWhole`, the next attempt has to export the whole image set, and the job's data names what is unfinished for the report.
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
  const data = isWhole ? wholeData(payload, exported.failures) : narrowedData(payload, exported.left)
  if (data !== undefined) await job.updateData(data)
  const isNarrowed = data !== undefined && !isWhole
  const instances = isNarrowed ? doneInstances(exported, earlier) : earlier.instances
  await job.updateProgress({ attempts, instances } satisfies JobAttempts)
  return isNarrowed
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

/** Returns the data of a job that repeats its whole image set. Failures of the image set itself name no item. */
function wholeData(payload: JobPayload, failures: ExportedImageSet['failures']): JobData | undefined {
  const items = failures.flatMap(({ seriesInstanceUid, sopInstanceUid }) =>
    seriesInstanceUid === undefined ? [] : { seriesInstanceUid, sopInstanceUid },
  )
  const left = [...new Map(items.map((item) => [nameOf(item), item])).values()]
  const isNamed = left.length > 0 && left.length <= mostInstancesNamed
  return dataOf({ ...payload, left: isNamed ? left : undefined }) ?? dataOf({ ...payload, left: undefined })
}

/** Returns the data of a job, or undefined if it cannot contain the UIDs. */
function dataOf(payload: JobPayload): JobData | undefined {
  try {
    return formatJobData(payload)
  } catch {
    return undefined
  }
}
