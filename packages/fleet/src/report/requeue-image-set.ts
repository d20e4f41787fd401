import type { JobAttempts } from '../job/job-attempts.ts'
import { jobIdOf } from '../job/job-id.ts'
import { formatJobData, parseJob, type ImageSetVersion } from '../job/job-payload.ts'
import type { JobQueue } from '../job/job-queue.ts'
import { membersOf } from '../model/read-json.ts'
import type { AskRedis } from '../redis/ask-redis.ts'

/** Options of {@link requeueImageSet}. */
export interface RequeueOptions {
  readonly ask: AskRedis
  /** Skips jobs that were put back before. Default `false`. */
  readonly once?: boolean | undefined
}

/**
 * Puts the completed jobs of an image set back into the queue, and returns their number. It puts back all parts, because it
 * is unknown which part contains the missing instances.
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
 * Returns a function that puts a completed job back into the queue. The function returns whether it did so, or `undefined` if
 * the job does not exist. It can be called again if the connection breaks during a call.
 */
function requeueJob(queue: JobQueue, jobId: string, once: boolean): () => Promise<boolean | undefined> {
  let hasBegun = false
  return async () => {
    const job = await queue.getJob(jobId)
    if (job === undefined) return undefined
    // If an earlier call had begun, the job is no longer completed because that call put it back.
    if (!(await job.isCompleted())) return hasBegun
    if (once && !hasBegun && wasRequeued(job.progress)) return false
    hasBegun = true
    await job.updateData(formatJobData({ ...parseJob(job), only: undefined, failures: undefined }))
    await job.updateProgress({ attempts: 0, instances: 0, requeued: true } satisfies RequeuedJob)
    await job.retry('completed', { resetAttemptsMade: true, resetAttemptsStarted: true })
    return true
  }
}

/** The progress of a job that was put back into the queue. */
interface RequeuedJob extends JobAttempts {
  readonly requeued: true
}

function wasRequeued(progress: unknown): boolean {
  return 'requeued' in membersOf(progress)
}
