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
  /** Begins the names of all keys in Redis. Fleets that share a Redis have one each. Default `ahi-dicom`. */
  readonly prefix?: string | undefined
  /**
   * Time in milliseconds for which a worker keeps a job without renewing its lock; then another worker takes the job. Locks
   * are renewed twice in that time. A submitter that is silent for so long is gone. Default 30 000.
   */
  readonly lockMs?: number | undefined
}

/** Runs, their jobs and their workers in one Redis. All methods throw {@link FleetError}. */
export interface Fleet extends AsyncDisposable {
  /** Returns the version of Redis, and what about its settings can lose jobs. */
  server(): Promise<RedisServer>
  /**
   * Adds a job for each selected image set to the run of the request, and returns the run once all are there. Jobs that are
   * there already are left as they are: do it again if it was interrupted. A run that was cancelled or reported takes jobs
   * again. Waits for a Redis that goes away as long as `signal` allows.
   */
  submit(options: SubmitOptions): Promise<SubmittedRun>
  /** Returns all runs, the oldest first. One that cannot be read is left out: `status` says why. */
  runs(): Promise<Run[]>
  /** Returns how far a run is. */
  status(runId: string): Promise<RunStatus>
  /** Returns the workers that live, by name. */
  workers(): Promise<WorkerState[]>
  /** Lets no worker take a job of a run. Jobs that workers have are finished. */
  pause(runId: string): Promise<void>
  /** Lets workers take jobs of a run that was paused. */
  resume(runId: string): Promise<void>
  /**
   * Ends a run: removes the jobs that wait, and returns their number. Workers give back those that they have. What is
   * exported stays. Submit the run again to take it up.
   */
  cancel(runId: string): Promise<number>
  /** Lets all failed jobs of a run be tried again, and returns their number. */
  retry(runId: string): Promise<number>
  /** Removes all that Redis holds of a run, which must have no active jobs and no submitter. What is exported stays. */
  forget(runId: string): Promise<void>
  /**
   * Takes jobs and does them until `stop` aborts or, with `untilEmpty`, until all jobs of all runs are done. Then it also ends
   * if more jobs could only come from submitters that are gone. Resolves with the counts of its work, also if it could not
   * go on.
   */
  work(options: WorkOptions): Promise<WorkSummary>
  /**
   * Merges the records of all workers of a run into the record of the destination, which is then like the record of any
   * export, and writes `errors.ndjson` and the summary. While jobs are open, it reports the finished ones, with the outcome
   * `interrupted`.
   */
  report(runId: string, options: ReportOptions): Promise<FleetReport>
  /**
   * Returns the state of queues and workers in the text format of Prometheus, and the shares of the workers in this process
   * in what the account may request.
   */
  metrics(): Promise<string>
  /** Closes the connections. */
  close(): Promise<void>
}

/**
 * Returns a fleet. It connects to Redis when it is first used.
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
    // The caller that needed the connection has got its error.
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
