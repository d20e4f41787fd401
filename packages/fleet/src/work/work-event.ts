import type { Reason } from './reason.ts'

/** The job that an event is about. */
interface JobEvent {
  readonly runId: string
  readonly imageSetId: string
  readonly versionId: string
  /** From 1. */
  readonly part: number
}

/**
 * An event of a worker, for logs. It contains no patient data. `waitMs` is in milliseconds.
 * - `run-opened`: the worker has taken a job of the run and opened its destination.
 * - `run-refused`: this worker cannot do the run. Other workers may do it.
 * - `run-paused`: only jobs of this paused run are left. Told once each time the worker starts to wait for it.
 * - `run-lost`: Redis no longer has the run.
 * - `run-abandoned`: the worker ends. The run may lack jobs, because its submitter is gone before it has added all.
 * - `job-failed`: the job failed and is not tried again before a `retry`.
 * - `job-repeated`: the job failed with a retryable failure. It is tried again after `waitMs`.
 * - `job-given-back`: the job is back in the queue, and another worker may take it.
 * - `redis-away`, `redis-back`: the connection to Redis is lost, or is back. No jobs are taken in between.
 * - `redis-failed`: Redis refuses a command, for example because it is full. No jobs are taken for `waitMs`. If `waitMs` is 0,
 *   only sharing the request quotas with other workers failed, and the work continues.
 * - `outage`: AHI or the destination is unavailable. Jobs are taken again after `waitMs`.
 */
export type WorkEvent =
  | { readonly kind: 'run-opened'; readonly runId: string; readonly destination: string }
  | ({ readonly kind: 'run-refused'; readonly runId: string } & Reason)
  | { readonly kind: 'run-paused'; readonly runId: string }
  | { readonly kind: 'run-abandoned'; readonly runId: string }
  | ({ readonly kind: 'run-lost'; readonly runId: string } & Reason)
  | ({ readonly kind: 'job-failed'; readonly retryable: boolean } & JobEvent & Reason)
  | ({ readonly kind: 'job-repeated'; readonly attempts: number; readonly waitMs: number } & JobEvent & Reason)
  | ({ readonly kind: 'job-given-back' } & JobEvent)
  | ({ readonly kind: 'redis-away' } & Reason)
  | { readonly kind: 'redis-back' }
  | ({ readonly kind: 'redis-failed'; readonly waitMs: number } & Reason)
  | ({ readonly kind: 'outage'; readonly runId: string; readonly waitMs: number } & Reason)
