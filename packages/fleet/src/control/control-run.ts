import { FleetError } from '../errors.ts'
import type { FleetContext } from '../fleet-context.ts'
import type { JobQueue } from '../job/job-queue.ts'
import { runCancelled } from '../run/run-cancelled.ts'
import { countJobs } from './status.ts'

/** Jobs that one step retries or removes. Redis serves no other client during a step. */
const retriedAtOnce = 500
const removedAtOnce = 10_000

/** Pauses a run: workers finish the jobs that they have, and take no more until the run is resumed. */
export async function pauseRun(context: FleetContext, runId: string): Promise<void> {
  await context.runs.get(runId)
  await context.queue(runId).pause()
}

/**
 * Resumes a paused run: workers take its jobs again.
 * @throws {FleetError} `FLEET_RUN_CANCELLED` if the run was cancelled; it has to be submitted again
 */
export async function resumeRun(context: FleetContext, runId: string): Promise<void> {
  await checkNotCancelled(context, runId)
  await context.queue(runId).resume()
}

/**
 * Cancels a run: removes the waiting jobs and returns their number. Workers take no more jobs and give back those that they
 * have. Exported files and their record stay.
 */
export async function cancelRun(context: FleetContext, runId: string): Promise<number> {
  await context.runs.change(runId, (stored) => ({ ...stored, state: 'cancelled' }))
  const queue = context.queue(runId)
  await queue.pause()
  return removeWaiting(queue)
}

/**
 * Puts all failed jobs of a run back into the queue, and returns their number. Their attempts are counted from 0 again.
 * @throws {FleetError} `FLEET_RUN_CANCELLED`
 */
export async function retryRun(context: FleetContext, runId: string): Promise<number> {
  await checkNotCancelled(context, runId)
  const queue = context.queue(runId)
  const { failed } = await countJobs(queue)
  let retried = 0
  // Retries the oldest first, and no more jobs than had failed at the start. Jobs that fail again during the loop would
  // otherwise keep it going for ever.
  while (retried < failed) {
    const most = Math.min(retriedAtOnce, failed - retried)
    const jobs = await queue.getJobs(['failed'], 0, most - 1, true)
    const moved = await Promise.all(jobs.map(async (job) => retryJob(context, queue, job)))
    const count = moved.filter((isMoved) => isMoved).length
    retried += count
    // Either no failed jobs are left, or another process retries them.
    if (count === 0) break
  }
  if (retried > 0) await context.runs.change(runId, (stored) => ({ ...stored, reportedAt: undefined }))
  return retried
}

/**
 * Removes a run from Redis. The record at the destination stays.
 * @throws {FleetError} `FLEET_RUN_ACTIVE` while workers have jobs of the run or it is being submitted
 */
export async function forgetRun(context: FleetContext, runId: string): Promise<void> {
  await context.runs.get(runId)
  const { keys, redis } = context
  // The submitter would add jobs that belong to no run.
  if ((await redis.client.exists(keys.submitter(runId))) > 0) throw stillSubmitted(runId)
  const queue = context.queue(runId)
  const { active } = await countJobs(queue)
  const workers = (await context.workers.list()).filter((worker) => worker.runId === runId && worker.active > 0)
  if (active > 0 || workers.length > 0) throw stillActive(runId)
  try {
    await queue.obliterate({ count: removedAtOnce })
  } catch (error) {
    // A worker took a job after the check above.
    if ((await countJobs(queue)).active > 0) throw stillActive(runId)
    throw error
  }
  await redis.client.del(keys.errors(runId), keys.selectors(runId), keys.counts(runId))
  await context.closeQueue(runId)
  // The run itself goes last. If the process is killed before, the caller can forget the run again.
  await context.runs.remove(runId)
}

async function checkNotCancelled(context: FleetContext, runId: string): Promise<void> {
  const { state } = await context.runs.get(runId)
  if (state === 'cancelled') throw runCancelled(runId)
}

async function removeWaiting(queue: JobQueue): Promise<number> {
  const { waiting } = await countJobs(queue)
  // Each step walks the whole list, so a long list is removed in at most 20 steps.
  const limit = Math.max(removedAtOnce, Math.ceil(waiting / 20))
  let removed = 0
  for (;;) {
    const ids = await queue.clean(0, limit, 'wait')
    removed += ids.length
    if (ids.length < limit) break
  }
  // Delayed jobs, and jobs whose timestamps are in the future because the clock of their submitter is ahead.
  const rest = await countJobs(queue)
  await queue.drain(true)
  return removed + rest.waiting + rest.delayed
}

/** Retries a job. Returns false if another process has already retried or removed it. */
async function retryJob(
  context: FleetContext,
  queue: JobQueue,
  job: Awaited<ReturnType<JobQueue['getFailed']>>[number],
): Promise<boolean> {
  // `stc` is BullMQ's count of workers that died while they had the job.
  if (job.id !== undefined) await context.redis.client.hdel(queue.toKey(job.id), 'stc')
  try {
    await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === -1 || error.code === -3)) return false
    throw error
  }
}

function stillSubmitted(runId: string): FleetError {
  return new FleetError(
    'FLEET_RUN_ACTIVE',
    `Cannot forget run ${runId}: it is being submitted; stop the submission or wait for its end, or wait a minute if the submitter was killed`,
    { runId },
  )
}

function stillActive(runId: string): FleetError {
  return new FleetError(
    'FLEET_RUN_ACTIVE',
    `Cannot forget run ${runId}: workers still have jobs of it; cancel the run and wait until they have given the jobs back`,
    { runId },
  )
}
