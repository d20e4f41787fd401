import { ExportEndedError, type ExportedImageSet, type ImageSetToExport } from '@ahi-dicom/exporter'
import { DelayedError, UnrecoverableError, WaitingError } from 'bullmq'
import { ReplyError } from 'ioredis'
import { FleetError, shown } from '../errors.ts'
import { readAttempts, type JobAttempts } from '../job/job-attempts.ts'
import { formatJobFailure, type JobFailure } from '../job/job-failure.ts'
import { parseJob, type JobPayload } from '../job/job-payload.ts'
import type { JobQueue } from '../job/job-queue.ts'
import type { Run } from '../model/run.ts'
import type { RunCounts } from '../run/run-counts.ts'
import type { HeldExport } from './held-export.ts'
import type { JobRoom } from './job-room.ts'
import { isLockLost } from './lock-lost.ts'
import { doneInstances, narrowCutJob, narrowJob, type DonePart, type FleetJob, type TakenJob } from './narrow-job.ts'
import { mostAttempts, repetitionWait } from './repetition.ts'
import { addParts } from './split-job.ts'
import { untilAborted } from './until-aborted.ts'
import type { WorkEvent } from './work-event.ts'

/** Does a job, and returns the number of its exported instances. `lost` aborts when the worker loses the job's lock. */
export type DoJob = (job: FleetJob, token: string | undefined, lost: AbortSignal | undefined) => Promise<number>

/** The parts of a worker that its jobs need. */
export interface JobTools {
  readonly run: Run
  /** Infinity if a job has to export its whole image set. */
  readonly instancesPerPart: number
  readonly queue: JobQueue
  readonly held: HeldExport
  readonly room: JobRoom
  /** Aborts when all jobs have to be given back. */
  readonly givingBack: AbortSignal
  /**
   * Delay in milliseconds for a job that cannot be done now. Either this worker still has an earlier attempt of it, whose lock
   * was lost, or another suspect job is running.
   */
  readonly lockMs: number
  readonly tell: (event: WorkEvent) => void
  /** Called if Redis refuses a command, for example because it is full. */
  readonly refused: (error: unknown) => void
  /** Stores that selectors have selected instances. Awaited before the job is completed. */
  readonly meet: (met: ExportedImageSet['met']) => Promise<void>
  /** Counts the exported instances of a job that another attempt will finish. */
  readonly countPart: (counts: RunCounts) => void
  /** Keeps the result of a job until BullMQ has completed the job. */
  readonly keep: (job: FleetJob, exported: ExportedImageSet) => void
}

/** A job is suspect if this many workers died with it. Two suspect jobs never run at the same time. */
const suspectStalls = 2

/**
 * Returns the function that BullMQ calls for each job. Its errors tell BullMQ the state of the job. After `WaitingError` and
 * `DelayedError` the job was already moved. `UnrecoverableError` means that the job failed and is not tried again.
 */
export function createDoJob(tools: JobTools): DoJob {
  const underWay = new Set<string>()
  let suspects = 0

  return async function doJob(job, token = '', lost = neverAborted) {
    const payload = readJob(job)
    const id = job.id ?? ''
    if (tools.givingBack.aborted) return await giveBack(tools, { job, token, payload })
    if (underWay.has(id)) return await putOff(job, token, tools.lockMs)
    const isSuspect = job.stalledCounter >= suspectStalls
    if (isSuspect && suspects > 0) return await putOff(job, token, tools.lockMs)
    underWay.add(id)
    if (isSuspect) suspects += 1
    try {
      return await attempt(tools, { job, token, payload }, lost)
    } catch (error) {
      if (!(error instanceof ReplyError)) throw error
      // Redis refused a command, which is no failure of the job.
      tools.refused(error)
      return await leave(job, token, tools.lockMs)
    } finally {
      underWay.delete(id)
      if (isSuspect) suspects -= 1
    }
  }
}

const neverAborted = new AbortController().signal

async function attempt(tools: JobTools, taken: TakenJob, lost: AbortSignal): Promise<number> {
  const { job } = taken
  const { exported, done } = await exportJob(tools, taken, lost)
  if (exported === undefined) return await giveBack(tools, taken, done)
  await tools.meet(exported.met)
  const earlier = readAttempts(job.progress)
  if (exported.failures.length > 0) return await failOrRepeat(tools, taken, { exported, earlier })
  tools.keep(job, exported)
  return doneInstances(exported, earlier)
}

/** The result of an attempt. */
interface Attempted {
  /** Undefined if the attempt was cut short and the job has to be given back. */
  readonly exported?: ExportedImageSet | undefined
  /** The finished part of an attempt that was cut short. */
  readonly done?: DonePart | undefined
}

async function exportJob(
  { held, room, instancesPerPart, queue, givingBack }: JobTools,
  { payload }: TakenJob,
  lost: AbortSignal,
): Promise<Attempted> {
  const { part, only } = payload
  let wanted = 0
  let all = 0
  const addLaterParts = async (): Promise<void> => {
    if (only !== undefined || part > 1 || all <= instancesPerPart) return
    await addParts(queue, payload, { instances: all, instancesPerPart })
  }
  const onLoaded: ImageSetToExport['onLoaded'] = async ({ instances }) => {
    const start = only === undefined && part > 1 ? (part - 1) * instancesPerPart : 0
    wanted = Math.max(0, Math.min(instances - start, instancesPerPart))
    room.note(wanted)
    all = instances
    if (only !== undefined || part > 1 || instances <= instancesPerPart) return
    const stopped = AbortSignal.any([lost, givingBack])
    await untilAborted(addLaterParts(), stopped)
    // If the wait was cut short, the later parts may be missing in the queue, and nobody would add them.
    stopped.throwIfAborted()
  }
  try {
    using lent = await untilAborted(held.lend(), givingBack)
    if (lent === undefined) return {}
    const imageSet = { ...imageSetOf(payload, instancesPerPart), onLoaded }
    const exported = await lent.exporting.exportImageSet(imageSet, { signal: lost })
    // Adds the later parts again: a replica that took over may lack them, and nobody adds them after this job is completed.
    await untilAborted(addLaterParts(), lost)
    lost.throwIfAborted()
    return { exported }
  } catch (error) {
    // Another worker has taken the job or will take it.
    if (lost.aborted) throw new WaitingError()
    if (error instanceof ReplyError) throw error
    if (error instanceof ExportEndedError) held.noteEnd()
    const left = error instanceof ExportEndedError ? error.left : undefined
    if (held.hasEnded || givingBack.aborted) {
      if (left !== undefined) await addLaterParts()
      return { done: left && { instances: wanted - left.length, left } }
    }
    const why = error instanceof Error ? error.message : String(error)
    throw unrecoverable({ code: 'FLEET_JOB_FAILED', message: shown(why), retryable: true })
  }
}

function imageSetOf(
  { imageSetId, versionId, selectors, after, only, part }: JobPayload,
  size: number,
): ImageSetToExport {
  const imageSet = { imageSetId, versionId, selectors, after }
  if (only !== undefined) return { ...imageSet, instances: only }
  return Number.isFinite(size) ? { ...imageSet, range: { start: (part - 1) * size, end: part * size } } : imageSet
}

async function failOrRepeat(
  tools: JobTools,
  taken: TakenJob,
  { exported, earlier }: { readonly exported: ExportedImageSet; readonly earlier: JobAttempts },
): Promise<never> {
  const { job, token, payload } = taken
  const failure = failureOf(exported)
  const attempts = earlier.attempts + 1
  const isRepeated = exported.failures.some(({ retryable }) => retryable) && attempts < mostAttempts
  const isWhole = !Number.isFinite(tools.instancesPerPart)
  const isNarrowed = await narrowJob(taken, { exported, earlier, attempts: isRepeated ? attempts : 0, isWhole })
  const { instances, frames, byteLength: bytes } = exported
  if (isNarrowed) tools.countPart({ instances, frames, bytes })
  if (!isRepeated) throw unrecoverable(failure)
  const waitMs = repetitionWait(attempts)
  await job.moveToDelayed(Date.now() + waitMs, token)
  const { code, message } = failure
  const { imageSetId, versionId, part } = payload
  tools.tell({
    kind: 'job-repeated',
    runId: tools.run.id,
    imageSetId,
    versionId,
    part,
    code,
    message,
    attempts,
    waitMs,
  })
  throw new DelayedError()
}

/** Returns the failure to report for a job: the first one that is not retryable, or else the first one. */
function failureOf({ failures }: ExportedImageSet): JobFailure {
  const first = failures.find(({ retryable }) => !retryable) ?? failures[0]
  const { code = 'UNKNOWN', message = '' } = first ?? {}
  const more = failures.length > 1 ? ` (and ${failures.length - 1} more failures)` : ''
  return { code, message: `${message}${more}`, retryable: failures.every(({ retryable }) => retryable) }
}

async function giveBack(tools: JobTools, taken: TakenJob, done?: DonePart): Promise<never> {
  const { job, token, payload } = taken
  try {
    const canNarrow = done !== undefined && Number.isFinite(tools.instancesPerPart)
    const isNarrowed = canNarrow && (await narrowCutJob(taken, done))
    // The numbers of frames and bytes are unknown for an attempt that was cut short.
    if (isNarrowed) tools.countPart({ instances: done.instances, frames: 0, bytes: 0 })
    await job.moveToWait(token)
    const { imageSetId, versionId, part } = payload
    tools.tell({ kind: 'job-given-back', runId: tools.run.id, imageSetId, versionId, part })
  } catch (error) {
    if (!isLockLost(error)) throw error
  }
  throw new WaitingError()
}

async function putOff(job: FleetJob, token: string, ms: number): Promise<never> {
  await job.moveToDelayed(Date.now() + ms, token)
  throw new DelayedError()
}

/** Delays a job like {@link putOff}. If Redis refuses that too, the job comes back when its lock expires. */
async function leave(job: FleetJob, token: string, ms: number): Promise<never> {
  try {
    return await putOff(job, token, ms)
  } catch (error) {
    throw error instanceof ReplyError ? new WaitingError() : error
  }
}

/** Parses a job. A job that no fleet has written fails and is not run. */
function readJob(job: FleetJob): JobPayload {
  try {
    return parseJob(job)
  } catch (error) {
    if (!(error instanceof FleetError)) throw error
    throw unrecoverable({ code: error.code, message: error.message, retryable: false })
  }
}

function unrecoverable(failure: JobFailure): UnrecoverableError {
  const error = new UnrecoverableError(formatJobFailure(failure))
  // BullMQ stores the stack, which would show only internals of this package.
  error.stack = ''
  return error
}
