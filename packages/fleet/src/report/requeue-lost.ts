import type { LostFile } from '@ahi-dicom/export-files'
import { jobIdOf } from '../job/job-id.ts'
import { formatJobData, parseJob } from '../job/job-payload.ts'
import type { JobQueue } from '../job/job-queue.ts'

/**
 * Lets the jobs wait again whose files are lost. Returns their number. Parts of an image set do not tell which files are
 * theirs: all of them wait again.
 */
export async function requeueLost(queue: JobQueue, lost: readonly LostFile[]): Promise<number> {
  const imageSets = new Map(lost.map((file) => [`${file.imageSetId}-${file.versionId}`, file]))
  let requeued = 0
  for (const { imageSetId, versionId } of imageSets.values()) {
    for (let part = 1; ; part += 1) {
      const job = await queue.getJob(jobIdOf({ imageSetId, versionId, part }))
      if (job === undefined) break
      if (!(await job.isCompleted())) continue
      await job.updateData(formatJobData({ ...parseJob(job), only: undefined }))
      await job.updateProgress(0)
      await job.retry('completed', { resetAttemptsMade: true, resetAttemptsStarted: true })
      requeued += 1
    }
  }
  return requeued
}
