import type { JobAttempts } from '../job/job-attempts.ts'
import { jobIdOf } from '../job/job-id.ts'
import { formatJobData, parseJob, type ImageSetVersion } from '../job/job-payload.ts'
import type { JobQueue } from '../job/job-queue.ts'
import { membersOf } from '../model/read-json.ts'
import type { AskRedis } from '../redis/ask-redis.ts'

/** Options of {@link requeueImageSet}. */
export interface RequeueOptions {
  readonly ask: AskRedis
  /** Whether jobs that were put back before stay as they are. Default `false`. */
  readonly once?: boolean | undefined
}

/**
 * Puts the completed jobs of an image set back into the queue, and returns their number. Nobody knows which part has the
 * instances in question, so all parts are put back.
 */
export async function requeueImageSet(
  queue: JobQueue,
  { imageSetId, versionId }: ImageSetVersion,
  { ask, once = false }: RequeueOptions,
): Promise<number> {
  let requeued = 0
  for (let part = 1; ; part += 1) {
    const put = await ask(requeueJob(queue, jobIdOf({ imageSetId, versionId, part }), once))
    if (put === undefined) return requeued
    if (put) requeued += 1
  }
}

/**
 * Returns a function that puts a job back if it is completed, and tells whether it did; `undefined` if there is no such job. The
 * function is called again if the connection broke meanwhile.
 */
function requeueJob(queue: JobQueue, jobId: string, once: boolean): () => Promise<boolean | undefined> {
  let hasBegun = false
  return async () => {
    const job = await queue.getJob(jobId)
    if (job === undefined) return undefined
    // If it has begun, the call before this one put it back.
    if (!(await job.isCompleted())) return hasBegun
    if (once && !hasBegun && wasRequeued(job.progress)) return false
    hasBegun = true
    await job.updateData(formatJobData({ ...parseJob(job), only: undefined }))
    await job.updateProgress({ attempts: 0, instances: 0, requeued: true } satisfies RequeuedJob)
    await job.retry('completed', { resetAttemptsMade: true, resetAttemptsStarted: true })
    return true
  }
}

/** The progress of a job that was put back. */
interface RequeuedJob extends JobAttempts {
  readonly requeued: true
}

function wasRequeued(progress: unknown): boolean {
  return 'requeued' in membersOf(progress)
}
