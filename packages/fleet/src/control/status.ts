import type { FleetContext } from '../fleet-context.ts'
import { parseJobFailure } from '../job/job-failure.ts'
import type { JobQueue } from '../job/job-queue.ts'
import type { Run } from '../model/run.ts'
import { readRunCounts } from '../run/run-counts.ts'
import type { WorkRates, WorkerState } from '../worker-state/worker-state.ts'

/** Jobs of a run by state. A large image set is exported in parts, with a job for each part. */
export interface JobCounts {
  readonly total: number
  readonly waiting: number
  readonly active: number
  /** Jobs that failed and wait for their next attempt. */
  readonly delayed: number
  readonly done: number
  readonly failed: number
}

/** Progress of a run. Rates and the time left are given only while a worker works on the run. */
export interface RunStatus extends Partial<WorkRates> {
  readonly run: Run
  readonly isPaused: boolean
  readonly imageSets: JobCounts
  /** Instances, frames and bytes of completed jobs. */
  readonly instances: number
  readonly frames: number
  readonly bytes: number
  /** Number of failed jobs by error code, counted over the latest 10,000. */
  readonly failuresByCode: Readonly<Record<string, number>>
  /** Workers that work on the run. */
  readonly workers: readonly WorkerState[]
  /** Estimated from the current rate, for the jobs that are in the queue now. */
  readonly secondsLeft?: number | undefined
}

/** Failed jobs that are counted, and how many are read at a time. */
const mostFailures = 10_000
const pageSize = 1000

/**
 * Returns the progress of a run.
 * @throws {FleetError} `FLEET_RUN_NOT_FOUND`, `FLEET_RUN_MALFORMED`
 */
export async function runStatus(context: FleetContext, runId: string): Promise<RunStatus> {
  const run = await context.runs.get(runId)
  const queue = context.queue(runId)
  const [isPaused, imageSets, counts, failuresByCode, allWorkers] = await Promise.all([
    queue.isPaused(),
    countJobs(queue),
    readRunCounts(context.redis.client, context.keys, runId),
    countFailures(queue),
    context.workers.list(),
  ])
  const workers = allWorkers.filter((worker) => worker.runId === runId)
  return { run, isPaused, imageSets, ...counts, failuresByCode, workers, ...ratesOf(workers, imageSets) }
}

/** Returns how many jobs of a queue are in each state. */
export async function countJobs(queue: JobQueue): Promise<JobCounts> {
  const counts = await queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'completed', 'failed')
  const count = (state: string): number => counts[state] ?? 0
  const waiting = count('waiting') + count('prioritized')
  const [active, delayed, done, failed] = [count('active'), count('delayed'), count('completed'), count('failed')]
  return { total: waiting + active + delayed + done + failed, waiting, active, delayed, done, failed }
}

async function countFailures(queue: JobQueue): Promise<Record<string, number>> {
  const counts = new Map<string, number>()
  for (let start = 0; start < mostFailures; start += pageSize) {
    const jobs = await queue.getFailed(start, start + pageSize - 1)
    for (const job of jobs) {
      const { code } = parseJobFailure(job.failedReason ?? '')
      counts.set(code, (counts.get(code) ?? 0) + 1)
    }
    if (jobs.length < pageSize) break
  }
  return Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a))
}

function ratesOf(workers: readonly WorkerState[], jobs: JobCounts): Partial<WorkRates> & { secondsLeft?: number } {
  if (workers.length === 0) return {}
  const sum = (rate: keyof WorkRates): number => workers.reduce((total, worker) => total + worker[rate], 0)
  const imageSetsPerSecond = sum('imageSetsPerSecond')
  const left = jobs.waiting + jobs.active + jobs.delayed
  return {
    imageSetsPerSecond,
    instancesPerSecond: sum('instancesPerSecond'),
    framesPerSecond: sum('framesPerSecond'),
    bytesPerSecond: sum('bytesPerSecond'),
    ...(imageSetsPerSecond > 0 ? { secondsLeft: left / imageSetsPerSecond } : {}),
  }
}
