import { cancelRun, forgetRun, pauseRun, resumeRun, retryRun } from './control/control-run.ts'
import { runStatus, type RunStatus } from './control/status.ts'
import { openFleetContext, type FleetContext } from './fleet-context.ts'
import { defaultPrefix } from './keys/fleet-keys.ts'
import type { Run } from './model/run.ts'
import type { RedisConnection } from './redis/connection.ts'
import type { RedisServer } from './redis/server-info.ts'
import { askRedis } from './redis/ask-redis.ts'
import { fleetMetrics } from './metrics/metrics.ts'
import type { SharedPace } from './pace/shared-pace.ts'
import { reportRun } from './report/report.ts'
import type { FleetReport, ReportOptions } from './report/report-options.ts'
import { submitRun } from './submit/submit.ts'
import type { SubmitOptions, SubmittedRun } from './submit/submit-options.ts'
import { work } from './work/work.ts'
import type { WorkOptions, WorkSummary } from './work/work-options.ts'
import type { WorkerState } from './worker-state/worker-state.ts'

/** Options of {@link createFleet}. */
export interface FleetOptions {
  readonly connection: RedisConnection
  /** Prefix of all keys in Redis. Give each fleet in the same Redis its own. Default `ahi-dicom`. */
  readonly prefix?: string | undefined
  /**
   * Milliseconds until the lock of a job expires. Workers renew their locks twice in that time. If a worker does not renew a
   * lock, another worker takes the job. A submitter that is silent for this time counts as gone. Default 30,000.
   */
  readonly lockMs?: number | undefined
}

/** The runs, jobs and workers of a fleet in one Redis. All methods throw {@link FleetError}. */
export interface Fleet extends AsyncDisposable {
  /** Returns the version of Redis, and warnings about settings that can lose jobs. */
  server(): Promise<RedisServer>
  /**
   * Adds a job for each selected image set to the run of the request, and returns the run once all jobs are in Redis. Jobs
   * that already exist are left unchanged, so submit again if a submission was interrupted. A cancelled or reported run
   * accepts jobs again. If Redis goes away, the submission waits for it until `signal` aborts.
   */
  submit(options: SubmitOptions): Promise<SubmittedRun>
  /** Returns all runs, the oldest first. Runs that cannot be read are left out; `status` throws the reason. */
  runs(): Promise<Run[]>
  /** Returns the progress of a run. */
  status(runId: string): Promise<RunStatus>
  /** Returns the live workers, sorted by name. */
  workers(): Promise<WorkerState[]>
  /** Pauses a run: workers finish the jobs that they have and take no more. */
  pause(runId: string): Promise<void>
  /** Resumes a paused run: workers take its jobs again. */
  resume(runId: string): Promise<void>
  /**
   * Cancels a run: removes the waiting jobs and returns their number. Workers give back the jobs that they have. Exported
   * files stay. Submit the run again to continue it.
   */
  cancel(runId: string): Promise<number>
  /** Puts all failed jobs of a run back into the queue, and returns their number. */
  retry(runId: string): Promise<number>
  /** Removes a run from Redis. The run must have no active jobs and no submitter. Exported files stay. */
  forget(runId: string): Promise<void>
  /**
   * Takes jobs and does them until `stop` aborts. With `untilEmpty` it ends when all jobs of all runs are done, or when more
   * jobs could only come from submitters that are gone. Resolves with the counts of its work, even if a fatal error ended
   * it.
   */
  work(options: WorkOptions): Promise<WorkSummary>
  /**
   * Merges the records of all workers of a run into the record of the destination, and writes `errors.ndjson` and the
   * summary. The destination then has the same record as after a single export. While jobs are open, the report covers the
   * finished ones and its outcome is `interrupted`.
   */
  report(runId: string, options: ReportOptions): Promise<FleetReport>
  /**
   * Returns the metrics of queues and workers in the Prometheus text format. For workers in this process, they include their
   * shares of the account's request rates.
   */
  metrics(): Promise<string>
  /** Closes the connections. */
  close(): Promise<void>
}

/**
 * Creates a fleet. It connects to Redis at the first call of a method.
 *
 * @example
 * import { createFleet } from '@ahi-dicom/fleet'
 *
 * await using fleet = createFleet({ connection: { url: 'redis://127.0.0.1:6379' }, prefix: 'radiology' })
 * const request = { datastoreId, destination: 's3://my-bucket/exports', settings: {} }
 * const { run } = await fleet.submit({ exporter, request, selectors: 'all' })
 * console.log(await fleet.status(run.id))
 */
export function createFleet({ connection, prefix = defaultPrefix, lockMs = 30_000 }: FleetOptions): Fleet {
  let opening: Promise<FleetContext> | undefined
  const paces = new Map<string, SharedPace>()

  async function context(): Promise<FleetContext> {
    opening ??= openFleetContext(connection, prefix)
    try {
      return await opening
    } catch (error) {
      opening = undefined
      throw error
    }
  }

  async function close(): Promise<void> {
    // If connecting failed, the method that connected has already thrown the error.
    const opened = await opening?.catch(() => undefined)
    await opened?.close()
  }

  async function ask<Result>(question: (opened: FleetContext) => Promise<Result>): Promise<Result> {
    const opened = await context()
    return askRedis(opened.redis, () => question(opened))
  }

  return {
    server: async () => (await context()).redis.server,
    submit: async (options) => submitRun(await context(), { options, leaseMs: lockMs }),
    runs: () => ask(async ({ runs }) => (await runs.list()).runs),
    status: (runId) => ask((opened) => runStatus(opened, runId)),
    workers: () => ask(({ workers }) => workers.list()),
    pause: (runId) => ask((opened) => pauseRun(opened, runId)),
    resume: (runId) => ask((opened) => resumeRun(opened, runId)),
    cancel: (runId) => ask((opened) => cancelRun(opened, runId)),
    retry: (runId) => ask((opened) => retryRun(opened, runId)),
    forget: (runId) => ask((opened) => forgetRun(opened, runId)),
    work: async (options) => work(await context(), { options, lockMs, paces }),
    report: async (runId, options) => reportRun(await context(), runId, options),
    metrics: () => ask((opened) => fleetMetrics(opened, paces)),
    close,
    [Symbol.asyncDispose]: close,
  }
}
