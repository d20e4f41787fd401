import { jobIdOf, type JobKey } from '../job/job-id.ts'
import { formatJobData, parseJob } from '../job/job-payload.ts'
import type { JobQueue } from '../job/job-queue.ts'

/** A version of an image set. */
export type ImageSetVersion = Pick<JobKey, 'imageSetId' | 'versionId'>

/**
 * Lets the completed jobs of an image set wait again. Returns their number. Parts do not tell which instances are theirs:
 * all of them wait again.
 */
export async function requeueImageSet(queue: JobQueue, { imageSetId, versionId }: ImageSetVersion): Promise<number> {
  let requeued = 0
  for (let part = 1; ; part += 1) {
    const job = await queue.getJob(jobIdOf({ imageSetId, versionId, part }))
    if (job === undefined) return requeued
    if (!(await job.isCompleted())) continue
    await job.updateData(formatJobData({ ...parseJob(job), only: undefined }))
    await job.updateProgress(0)
    await job.retry('completed', { resetAttemptsMade: true, resetAttemptsStarted: true })
    requeued += 1
  }
}
