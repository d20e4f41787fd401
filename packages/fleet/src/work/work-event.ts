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
 * News of a worker for people. It holds no data of a patient.
 * - `run-opened`: the first job of the run is there, and its destination is open
 * - `run-refused`: the run is not done here; others may do it
 * - `run-paused`: nothing is left to do but jobs of this run, which was paused: told once each time
 * - `run-lost`: Redis does not know the run any more
 * - `run-abandoned`: the work ends, since nothing is left to do but jobs of this run that a submitter did not add: it is gone
 * - `job-failed`: the job is kept, to be repeated on demand
 * - `job-repeated`: the job failed in a way that may pass, and comes back after `waitMs`
 * - `job-given-back`: another worker may do the job
 * - `redis-away`, `redis-back`: no jobs are taken in between
 * - `redis-failed`: Redis refuses a request, such as when it is full; no jobs are taken for `waitMs`. If that is 0, the worker
 *   only cannot share the pace with others
 * - `outage`: AHI or the destination is away; jobs are taken again after `waitMs`
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
