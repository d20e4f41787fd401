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
  /** Number of jobs in progress. */
  readonly active: number
  /** Takes no jobs for `ms` milliseconds. */
  rest(ms: number): void
  /**
   * Takes no more jobs, and waits up to `graceMs` milliseconds for the jobs in progress. Then it calls `giveBack`, and
   * resolves when the remaining jobs are given back.
   */
  close(options: CloseOptions): Promise<void>
}

/** Options of {@link RunWorker.close}. */
interface CloseOptions {
  readonly graceMs: number
  /** Aborts when the jobs have to be given back at once. */
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
  /** Called when BullMQ has completed a job of this worker. */
  readonly onCompleted: (job: FleetJob) => void
  /** Called when BullMQ has stored a job as failed. */
  readonly onFailed: (job: FleetJob, error: Error) => void
  /** Called if Redis refuses a command. */
  readonly onRefused: (error: unknown) => void
}

/**
 * A job fails if more workers than this died with it. The limit is not lower because the death of a worker counts for all
 * jobs that it has, also for the innocent ones.
 */
const mostLostWorkers = 8

/** Number of minutes in BullMQ's history of completed and failed jobs. Only the totals are read. */
const keptMinutes = 1

/** Milliseconds between two attempts of BullMQ to reach Redis. */
const redisWaitMs = 1000

/** Milliseconds to wait for Redis when jobs are given back. Without Redis they come back when their locks expire. */
const partingMs = 5000

/** A BullMQ worker that can be abandoned while Redis is away. BullMQ's own `close` waits for Redis without a limit. */
class FleetWorker extends Worker<JobData, number> {
  protected override get Job(): typeof Job {
    return ReadJob
  }

  /** Stops renewing locks. */
  abandon(): void {
    void this.lockManager.close()
  }
}

/** Creates a worker and starts it. BullMQ manages the locks and takes back the jobs of workers that died. */
export function createRunWorker(options: RunWorkerOptions): RunWorker {
  const { context, runId, lockMs, room, doJob } = options
  const resting = new AbortController()
  let active = 0
  // The worker has its own connection, so that `close` can cut it if Redis does not answer.
  const redis = context.redis.client.duplicate()
  redis.on('error', () => undefined)
  const worker = new FleetWorker(
    runId,
    // BullMQ passes the signal only to functions with three parameters.
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
      // One check marks the active jobs, and the next one moves those whose locks have expired in between.
      stalledInterval: lockMs / 2,
      maxStalledCount: mostLostWorkers,
      // Without this option, BullMQ's totals of completed and failed jobs for Prometheus stay 0.
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
    // A lost connection is reported elsewhere, and a lost lock is no error because another worker has the job.
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
        // If the worker was reconnecting when it was closed, BullMQ's `close` never resolves.
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
