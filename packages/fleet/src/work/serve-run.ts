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

/** Why a worker no longer works for a run. `left`: it has no jobs now, another run comes first, or the work ends. */
export type ServedEnd =
  | { readonly kind: 'left' }
  | ({ readonly kind: 'outage' | 'fatal' } & Reason)
  | ({ readonly kind: 'refused'; readonly subject: RefusedRun['subject'] } & Reason)

/** The parts of a worker that the work for a run needs. */
export interface ServeParts {
  readonly context: FleetContext
  readonly options: WorkOptions
  readonly lockMs: number
  readonly tally: Tally
  readonly occupation: Occupation
  readonly tell: (event: WorkEvent) => void
  /** Asks what to do next. */
  readonly choose: () => Promise<Choice>
  /** Makes the export of the run, checked. */
  readonly openRun: (run: Run) => Promise<RunExport>
  /** Aborts when no more jobs are to be taken, and when all are to be given back. */
  readonly stopping: AbortSignal
  readonly aborting: AbortSignal
}

/** Time between two looks at the runs, in milliseconds. */
export const lookMs = 1000

/** While Redis takes no commands, it is asked again after so long, in milliseconds. */
export const redisRefusalMs = 5000

/** An export without jobs is closed after so long, in milliseconds: its lanes and connections are given back. */
const idleMs = 10_000

/** An older run that has jobs again waits for so long at most, in milliseconds: to change runs costs time. */
const leastServedMs = 60_000

/** Works for a run until it has no jobs, another run comes first, or the work is to end. */
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
  // Calls that this cuts short say which instances are left.
  ending.givingBack.addEventListener('abort', () => void held.close().catch(() => undefined))
  const doJob = createDoJob({
    run,
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

  /** The report counts what is at the destination: these are for who asks how the run stands. */
  function addCounts(counts: RunCounts): void {
    addRunCounts(context.redis.client, context.keys, run.id, counts).catch(refuse)
  }

  let refusedAt = -Infinity

  /** Says that Redis refuses something, such as since it is full, and takes no jobs for a while. */
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

/** The end of the work for a run. */
interface Ending extends Disposable {
  /** Aborts when no more jobs are to be taken. */
  readonly signal: AbortSignal
  /** Aborts when jobs are to be given back. */
  readonly givingBack: AbortSignal
  readonly giveBack: () => void
  /** The first reason that was given. */
  readonly reason: ServedEnd
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

/** Returns a function that opens an export of a run, each time with a destination of its own. */
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

/** Returns why the export has ended, if it has by itself. */
async function closingEnd(held: HeldExport): Promise<ServedEnd | undefined> {
  try {
    const summary = await held.close()
    if (summary?.fatal === undefined) return undefined
    return { kind: summary.outcome === 'retryable' ? 'outage' : 'fatal', ...summary.fatal }
  } catch (error) {
    return { kind: isRetryable(error) ? 'outage' : 'fatal', ...reasonOf(error) }
  }
}

/** What could not be opened may be back later. */
function openingEnd(error: unknown): ServedEnd {
  if (isRetryable(error)) return { kind: 'outage', ...reasonOf(error) }
  return { kind: 'refused', subject: 'destination', ...reasonOf(error) }
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true
}
