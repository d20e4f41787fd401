import { isSeriesFormat } from '@ahi-dicom/export-files'
import type { ExportedImageSet, OpenExport } from '@ahi-dicom/exporter'
import type { FleetContext } from '../fleet-context.ts'
import { parseJobFailure } from '../job/job-failure.ts'
import { parseJobId } from '../job/job-id.ts'
import type { Run } from '../model/run.ts'
import { addRunCounts, type RunCounts } from '../run/run-counts.ts'
import { noteMet } from '../run/selector-notes.ts'
import { isRedisAway } from '../redis/translate-error.ts'
import type { Choice } from './choose-run.ts'
import { createDoJob } from './do-job.ts'
import type { FleetJob } from './narrow-job.ts'
import { createHeldExport, type HeldExport } from './held-export.ts'
import { createJobRoom } from './job-room.ts'
import type { Occupation } from './presence.ts'
import { reasonOf, redisReason, type Reason } from './reason.ts'
import { createRunWorker, type RunWorker } from './run-worker.ts'
import type { Tally } from './tally.ts'
import { pause, untilAborted } from './until-aborted.ts'
import type { WorkEvent } from './work-event.ts'
import type { RefusedRun, RunExport, WorkOptions } from './work-options.ts'

/**
 * The reason why a worker stops working on a run. `left`: the run has no jobs at the moment, an older run has jobs, or the
 * worker ends.
 */
export type ServedEnd =
  | { readonly kind: 'left' }
  | ({ readonly kind: 'outage' | 'fatal' } & Reason)
  | ({ readonly kind: 'refused'; readonly subject: RefusedRun['subject'] } & Reason)

/** The parts of a worker that are needed to work on a run. */
export interface ServeParts {
  readonly context: FleetContext
  readonly options: WorkOptions
  readonly lockMs: number
  readonly tally: Tally
  readonly occupation: Occupation
  readonly tell: (event: WorkEvent) => void
  /** Chooses the next run. */
  readonly choose: () => Promise<Choice>
  /** Returns the checked export options of a run. */
  readonly openRun: (run: Run) => Promise<RunExport>
  /** Aborts when the worker has to take no more jobs. */
  readonly stopping: AbortSignal
  /** Aborts when the worker has to give back all jobs. */
  readonly aborting: AbortSignal
}

/** Milliseconds between two checks of the runs. */
export const lookMs = 1000

/** Milliseconds to wait after Redis has refused a command. */
export const redisRefusalMs = 5000

/** An export without jobs is closed after this many milliseconds, to free its lanes and connections. */
const idleMs = 10_000

/** A worker stays with a run for at least this many milliseconds before it changes to an older one, as a change costs time. */
const leastServedMs = 60_000

/** Works on a run until it has no jobs, an older run has jobs, or the worker ends. Returns the reason. */
export async function serveRun(parts: ServeParts, run: Run): Promise<ServedEnd> {
  let prepared: RunExport
  try {
    prepared = await parts.openRun(run)
  } catch (error) {
    return { kind: 'refused', subject: 'settings', ...reasonOf(error) }
  }
  parts.occupation.runId = run.id
  try {
    return await servePrepared(parts, run, prepared)
  } finally {
    parts.occupation.runId = undefined
    parts.occupation.active = 0
  }
}

async function servePrepared(parts: ServeParts, run: Run, prepared: RunExport): Promise<ServedEnd> {
  const { context, options, tally, occupation, tell, lockMs } = parts
  const { graceMs = 30_000 } = options
  const room = createJobRoom(options.concurrency)
  const kept = new WeakMap<FleetJob, ExportedImageSet>()
  using ending = createEnding(parts)
  const held = createHeldExport({
    open: openExports(parts, run, prepared),
    onEnded: (error) => ending.end(error === undefined ? { kind: 'left' } : openingEnd(error), { atOnce: true }),
  })
  // Closing the export cuts its calls short. Their errors name the unfinished instances.
  ending.givingBack.addEventListener('abort', () => void held.close().catch(() => undefined))
  const isWhole = prepared.formats?.some(isSeriesFormat) === true
  const doJob = createDoJob({
    run,
    instancesPerPart: isWhole ? Infinity : run.instancesPerPart,
    queue: context.queue(run.id),
    held,
    room,
    givingBack: ending.givingBack,
    lockMs,
    tell,
    refused: refuse,
    meet: (met) => noteMet(context.redis.client, context.keys, { runId: run.id, selectors: met }),
    countPart: addCounts,
    keep: (job, exported) => void kept.set(job, exported),
  })

  /** Adds to the counts that `status` and the metrics show. The report does not use them. */
  function addCounts(counts: RunCounts): void {
    addRunCounts(context.redis.client, context.keys, run.id, counts).catch(refuse)
  }

  let refusedAt = -Infinity

  /** Reports that Redis refused a command, for example because it is full, and takes no jobs for a while. */
  function refuse(error: unknown): void {
    const now = performance.now()
    if (isRedisAway(error) || ending.signal.aborted || now - refusedAt < redisRefusalMs) return
    refusedAt = now
    tell({ kind: 'redis-failed', ...redisReason(context, error), waitMs: redisRefusalMs })
    worker.rest(redisRefusalMs)
  }

  const worker: RunWorker = createRunWorker({
    context,
    runId: run.id,
    lockMs,
    room,
    async doJob(job, token, lost) {
      occupation.active = worker.active
      return await doJob(job, token, lost)
    },
    onCompleted(job) {
      const exported = kept.get(job)
      if (exported === undefined) return
      tally.complete(exported)
      const { instances, frames, byteLength: bytes } = exported
      addCounts({ instances, frames, bytes })
    },
    onFailed(job, error) {
      const key = parseJobId(job.id ?? '')
      tally.fail()
      if (key !== undefined) tell({ kind: 'job-failed', runId: run.id, ...key, ...parseJobFailure(error.message) })
    },
    onRefused: refuse,
  })
  const servedAt = performance.now()
  while (!ending.signal.aborted) {
    await pause(lookMs, ending.signal)
    occupation.active = worker.active
    await untilAborted(look(), ending.signal).catch(refuse)
  }
  await worker.close({ graceMs, ...ending })
  return (await closingEnd(held)) ?? ending.reason

  async function look(): Promise<void> {
    const next = await parts.choose()
    if (next.run?.id === run.id) return await held.closeIdle(idleMs)
    const stored = await context.runs.find(run.id)
    if (stored === undefined || stored.state === 'cancelled') return ending.end({ kind: 'left' }, { atOnce: true })
    const comesFirst = next.hasJobs && next.run !== undefined && next.run.createdAt < run.createdAt
    const isServed = performance.now() - servedAt >= leastServedMs
    if (worker.active === 0 || (comesFirst && isServed)) ending.end({ kind: 'left' })
  }
}

/** The end of the work on a run. */
interface Ending extends Disposable {
  /** Aborts when the worker has to take no more jobs of the run. */
  readonly signal: AbortSignal
  /** Aborts when the worker has to give back its jobs. */
  readonly givingBack: AbortSignal
  readonly giveBack: () => void
  /** The reason of the first call of `end`. */
  readonly reason: ServedEnd
  /** Ends the work on the run. `atOnce`: jobs in progress are given back without waiting for them. */
  readonly end: (reason: ServedEnd, options?: { readonly atOnce?: boolean }) => void
}

function createEnding({ stopping, aborting }: Pick<ServeParts, 'stopping' | 'aborting'>): Ending {
  const ended = new AbortController()
  const giving = new AbortController()
  let first: ServedEnd | undefined
  const end: Ending['end'] = (reason, { atOnce = false } = {}) => {
    first ??= reason
    if (atOnce) giving.abort()
    ended.abort()
  }
  const stop = (): void => end({ kind: 'left' })
  const abort = (): void => end({ kind: 'left' }, { atOnce: true })
  stopping.addEventListener('abort', stop)
  aborting.addEventListener('abort', abort)
  if (stopping.aborted) stop()
  if (aborting.aborted) abort()
  return {
    signal: ended.signal,
    givingBack: giving.signal,
    giveBack: () => giving.abort(),
    get reason() {
      return first ?? { kind: 'left' }
    },
    end,
    [Symbol.dispose]() {
      stopping.removeEventListener('abort', stop)
      aborting.removeEventListener('abort', abort)
    },
  }
}

/** Returns a function that opens an export of a run. Each call uses a new destination. */
function openExports({ openRun, options, tell }: ServeParts, run: Run, first: RunExport): () => Promise<OpenExport> {
  let prepared: RunExport | undefined = first
  return async () => {
    const runExport = prepared ?? (await openRun(run))
    prepared = undefined
    const { datastoreId } = run
    const opened = await options.exporter.openExport({ ...runExport, datastoreId, mode: 'resume' })
    tell({ kind: 'run-opened', runId: run.id, destination: runExport.destination.name })
    return opened
  }
}

/** Closes the export. Returns the reason if it had ended by itself or could not be closed. */
async function closingEnd(held: HeldExport): Promise<ServedEnd | undefined> {
  try {
    const summary = await held.close()
    if (summary?.fatal === undefined) return undefined
    return { kind: summary.outcome === 'retryable' ? 'outage' : 'fatal', ...summary.fatal }
  } catch (error) {
    return { kind: isRetryable(error) ? 'outage' : 'fatal', ...reasonOf(error) }
  }
}

/** Returns the end for an export that could not be opened. A retryable error is an outage, any other refuses the run. */
function openingEnd(error: unknown): ServedEnd {
  if (isRetryable(error)) return { kind: 'outage', ...reasonOf(error) }
  return { kind: 'refused', subject: 'destination', ...reasonOf(error) }
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true
}
