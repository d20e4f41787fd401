import { FleetError } from '../errors.ts'
import type { FleetContext } from '../fleet-context.ts'
import type { JobQueue } from '../job/job-queue.ts'
import { runCancelled } from '../run/run-cancelled.ts'
import { countJobs } from './status.ts'

/** Jobs that are retried, or removed, at a time: Redis serves nobody else meanwhile. */
const retriedAtOnce = 500
const removedAtOnce = 10_000

/** Lets no worker take a job of a run until it is resumed. Jobs that workers have are finished. */
export async function pauseRun(context: FleetContext, runId: string): Promise<void> {
  await context.runs.get(runId)
  await context.queue(runId).pause()
}

/**
 * Lets workers take jobs again.
 * @throws {FleetError} `FLEET_RUN_CANCELLED`: a run that was cancelled has to be submitted again
 */
export async function resumeRun(context: FleetContext, runId: string): Promise<void> {
  await checkNotCancelled(context, runId)
  await context.queue(runId).resume()
}

/**
 * Ends a run: no job is taken any more, and those that wait are removed. Workers give back the jobs that they
 * have. What was exported stays, also in the record. Returns the number of jobs that were removed.
 */
export async function cancelRun(context: FleetContext, runId: string): Promise<number> {
  await context.runs.change(runId, (stored) => ({ ...stored, state: 'cancelled' }))
  const queue = context.queue(runId)
  await queue.pause()
  return removeWaiting(queue)
}

/**
 * Lets all failed jobs of a run be tried again, as often as if they were new. Returns their number.
 * @throws {FleetError} `FLEET_RUN_CANCELLED`
 */
export async function retryRun(context: FleetContext, runId: string): Promise<number> {
  await checkNotCancelled(context, runId)
  const queue = context.queue(runId)
  const { failed } = await countJobs(queue)
  let retried = 0
  // The oldest first, and no more than there were: those that fail again meanwhile would never come to an end.
  while (retried < failed) {
    const most = Math.min(retriedAtOnce, failed - retried)
    const jobs = await queue.getJobs(['failed'], 0, most - 1, true)
    const moved = await Promise.all(jobs.map(async (job) => retryJob(context, queue, job)))
    const count = moved.filter((isMoved) => isMoved).length
    retried += count
    // None: there are no more, or somebody else retries them.
    if (count === 0) break
  }
  if (retried > 0) await context.runs.change(runId, (stored) => ({ ...stored, reportedAt: undefined }))
  return retried
}

/**
 * Removes all that Redis holds of a run. The record in the destination stays.
 * @throws {FleetError} `FLEET_RUN_ACTIVE` while workers have jobs of it, or somebody submits it
 */
export async function forgetRun(context: FleetContext, runId: string): Promise<void> {
  await context.runs.get(runId)
  const { keys, redis } = context
  // Its next jobs would lie there without a run.
  if ((await redis.client.exists(keys.submitter(runId))) > 0) throw stillSubmitted(runId)
  const queue = context.queue(runId)
  const { active } = await countJobs(queue)
  const workers = (await context.workers.list()).filter((worker) => worker.runId === runId && worker.active > 0)
  if (active > 0 || workers.length > 0) throw stillActive(runId)
  try {
    await queue.obliterate({ count: removedAtOnce })
  } catch (error) {
    // A worker took a job in between.
    if ((await countJobs(queue)).active > 0) throw stillActive(runId)
    throw error
  }
  await redis.client.del(keys.errors(runId), keys.selectors(runId), keys.counts(runId))
  await context.closeQueue(runId)
  // Last: if this process is killed before, it can be done again.
  await context.runs.remove(runId)
}

async function checkNotCancelled(context: FleetContext, runId: string): Promise<void> {
  const { state } = await context.runs.get(runId)
  if (state === 'cancelled') throw runCancelled(runId)
}

async function removeWaiting(queue: JobQueue): Promise<number> {
  const { waiting } = await countJobs(queue)
  // Each step walks the whole list: a long one is to be removed in few steps.
  const limit = Math.max(removedAtOnce, Math.ceil(waiting / 20))
  let removed = 0
  for (;;) {
    const ids = await queue.clean(0, limit, 'wait')
    removed += ids.length
    if (ids.length < limit) break
  }
  // Those that wait to be tried again, and those of submitters whose clocks are ahead.
  const rest = await countJobs(queue)
  await queue.drain(true)
  return removed + rest.waiting + rest.delayed
}

/** Returns whether the job was moved; somebody else may have done that. */
async function retryJob(
  context: FleetContext,
  queue: JobQueue,
  job: Awaited<ReturnType<JobQueue['getFailed']>>[number],
): Promise<boolean> {
  // How often its workers died counts from now on.
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
    `Cannot forget run ${runId}: somebody submits it; stop that, or wait for its end, and a minute if it was killed`,
    { runId },
  )
}

function stillActive(runId: string): FleetError {
  return new FleetError(
    'FLEET_RUN_ACTIVE',
    `Cannot forget run ${runId}: workers have jobs of it; cancel it and wait for them`,
    { runId },
  )
}
