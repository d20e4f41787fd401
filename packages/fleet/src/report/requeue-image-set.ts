import type { JobAttempts } from '../job/job-attempts.ts'
import { jobIdOf } from '../job/job-id.ts'
import { formatJobData, parseJob, type ImageSetVersion } from '../job/job-payload.ts'
import type { JobQueue } from '../job/job-queue.ts'
import { membersOf } from '../model/read-json.ts'

/**
 * Puts the completed jobs of an image set back into the queue, and returns their number. Nobody knows which part has the
 * instances in question, so all parts are put back. With `once`, jobs that were put back before stay as they are.
 */
export async function requeueImageSet(
  queue: JobQueue,
  { imageSetId, versionId }: ImageSetVersion,
  { once = false }: { readonly once?: boolean } = {},
): Promise<number> {
  let requeued = 0
  for (let part = 1; ; part += 1) {
    const job = await queue.getJob(jobIdOf({ imageSetId, versionId, part }))
    if (job === undefined) return requeued
    if (!(await job.isCompleted()) || (once && wasRequeued(job.progress))) continue
    await job.updateData(formatJobData({ ...parseJob(job), only: undefined }))
    await job.updateProgress({ attempts: 0, instances: 0, requeued: true } satisfies RequeuedJob)
    await job.retry('completed', { resetAttemptsMade: true, resetAttemptsStarted: true })
    requeued += 1
  }
}

/** The progress of a job that was put back. */
interface RequeuedJob extends JobAttempts {
  readonly requeued: true
}

function wasRequeued(progress: unknown): boolean {
  return 'requeued' in membersOf(progress)
}
