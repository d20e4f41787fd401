import { Worker, type Job } from 'bullmq'
import type { FleetContext } from '../fleet-context.ts'
import type { JobData } from '../job/job-payload.ts'
import { ReadJob } from '../job/read-job.ts'
import { isRedisAway } from '../redis/translate-error.ts'
import type { DoJob } from './do-job.ts'
import type { FleetJob } from './narrow-job.ts'
import type { JobRoom } from './job-room.ts'
import { isLockLost, isLockUnrenewed } from './lock-lost.ts'
import { pause } from './until-aborted.ts'

/** BullMQ's worker for the jobs of one run. */
export interface RunWorker {
  /** Jobs that it has. */
  readonly active: number
  /** Takes no more jobs for a while. */
  rest(ms: number): void
  /**
   * Takes no more jobs. Resolves once those under way are over, or given back when `giveBack` is called after `graceMs`.
   */
  close(options: CloseOptions): Promise<void>
}

/** Options of {@link RunWorker.close}. */
interface CloseOptions {
  readonly graceMs: number
  /** Aborts when jobs are to be given back at once. */
  readonly givingBack: AbortSignal
  readonly giveBack: () => void
}

/** Options of {@link createRunWorker}. */
export interface RunWorkerOptions {
  readonly context: FleetContext
  readonly runId: string
  readonly lockMs: number
  readonly room: JobRoom
  readonly doJob: DoJob
  /** Told when BullMQ has completed a job that this worker did. */
  readonly onCompleted: (job: FleetJob) => void
  /** Told when BullMQ has kept a job as failed. */
  readonly onFailed: (job: FleetJob, error: Error) => void
  /** Told that Redis refuses a command. */
  readonly onRefused: (error: unknown) => void
}

/** A job that loses more workers than this is not tried again. Each kill of a worker hits all jobs that it has. */
const mostLostWorkers = 8

/** Minutes of which BullMQ keeps the number of done and failed jobs. Only the totals are read. */
const keptMinutes = 1

/** Between two tries of BullMQ to reach Redis, in milliseconds. */
const redisWaitMs = 1000

/** Longest wait for Redis when jobs are given back, in milliseconds. Without it they come back when their locks expire. */
const partingMs = 5000

/** A worker of BullMQ that can be left without a word to Redis: closing it waits for Redis for ever. */
class FleetWorker extends Worker<JobData, number> {
  protected override get Job(): typeof Job {
    return ReadJob
  }

  /** Renews no locks any more. */
  abandon(): void {
    void this.lockManager.close()
  }
}

/** Makes a worker that takes jobs at once. Locks, their renewal, and jobs of workers that are gone are BullMQ's matter. */
export function createRunWorker(options: RunWorkerOptions): RunWorker {
  const { context, runId, lockMs, room, doJob } = options
  const resting = new AbortController()
  let active = 0
  // Its own connection, which can be cut if Redis does not answer at the end.
  const redis = context.redis.client.duplicate()
  redis.on('error', () => undefined)
  const worker = new FleetWorker(
    runId,
    // BullMQ hands over the signal since there are three parameters.
    async (job, token, lost) => {
      active += 1
      try {
        return await doJob(job, token, lost)
      } finally {
        active -= 1
        worker.concurrency = room.concurrency
      }
    },
    {
      connection: redis,
      prefix: context.prefix,
      concurrency: room.concurrency,
      lockDuration: lockMs,
      // One check marks the active jobs, and a later one moves those whose locks have expired since.
      stalledInterval: lockMs / 2,
      maxStalledCount: mostLostWorkers,
      // BullMQ's totals of done and failed jobs for Prometheus stay 0 without it.
      metrics: { maxDataPoints: keptMinutes },
      runRetryDelay: redisWaitMs,
      skipVersionCheck: true,
    },
  )
  worker.on('completed', (job) => options.onCompleted(job))
  worker.on('failed', (job, error) => {
    if (job !== undefined) options.onFailed(job, error)
  })
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) worker.cancelJob(id, 'another worker has the job')
  })
  worker.on('error', (error) => {
    // The connection tells of itself, and a job that another worker has is no error.
    if (!isRedisAway(error) && !isLockLost(error) && !isLockUnrenewed(error)) options.onRefused(error)
  })

  async function rest(ms: number): Promise<void> {
    await worker.pause(true)
    await pause(ms, resting.signal)
    if (!resting.signal.aborted) await worker.resume()
  }

  return {
    get active() {
      return active
    },
    rest: (ms) => void rest(ms).catch(options.onRefused),
    async close({ graceMs, givingBack, giveBack }) {
      resting.abort()
      const over = new AbortController()
      const closing = worker.close().finally(() => over.abort())
      await pause(graceMs, AbortSignal.any([over.signal, givingBack]))
      giveBack()
      while (!over.signal.aborted) {
        await pause(partingMs, over.signal)
        // A connection that was being made anew when it was closed is never said to be.
        if (!over.signal.aborted && (redis.status !== 'ready' || active === 0)) {
          worker.abandon()
          redis.disconnect()
          return
        }
      }
      redis.disconnect()
      await closing
    },
  }
}
