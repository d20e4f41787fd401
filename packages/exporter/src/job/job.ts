import { recordNames } from '@ahi-dicom/export-files'
import type {
  DescribedSelection,
  AnyFormat,
  Destination,
  ErrorEntry,
  ExportRecord,
  LockWait,
  OutputMode,
  PathMask,
  WarningEntry,
} from '@ahi-dicom/export-files'
import { createAccess, mostRefused, type Access } from '../failure/access.ts'
import { errorEntry, failureOf, type FailedItem, type Failure } from '../failure/failure.ts'
import type { InstanceOptions } from '../lane/lane-item.ts'
import { countFailure, createCounts, progressOf, type Counts, type JobEnd } from '../record/counts.ts'
import type { ExportProgress } from '../record/progress.ts'
import type { JobSummary, UnrecordedEntries } from '../record/summary.ts'
import { createWarnings, type Warnings } from '../record/warnings.ts'
import type { SelectionOptions } from '../selection/selection-options.ts'
import type { SyncChoices } from '../sync/sync-options.ts'
import type { JobTelemetry } from '../telemetry/job-telemetry.ts'

/** Options of an export. */
export interface ExportOptions extends SelectionOptions, InstanceOptions {
  readonly destination: Destination
  /** The formats of the files that each instance and each series is written as. Default: DICOM files. */
  readonly formats?: readonly AnyFormat[] | undefined
  /**
   * Template of the file paths, see `parseLayout` of export-files. Default
   * `{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}`.
   */
  readonly layout?: string | undefined
  /**
   * Template of the paths of series, for formats that make one file per series, see `parseSeriesLayout` of
   * export-files. It may contain attributes of the patient, the study and the series. Default
   * `{StudyInstanceUID}/{SeriesInstanceUID}`.
   */
  readonly seriesLayout?: string | undefined
  /** How to treat a destination that already holds an export. Default `new`: refuse it. */
  readonly mode?: Exclude<OutputMode, 'sync'> | undefined
  /** The number of instances to write at a time. Default: the number of frames fetched at a time. */
  readonly instanceConcurrency?: number | undefined
  /**
   * Ends the job at once. Unfinished instances are aborted, written files stay, and the summary says `interrupted`.
   */
  readonly signal?: AbortSignal | undefined
  /**
   * Ends the job gently. No more instances are started, instances in progress are finished, and the summary says
   * `interrupted`. Instances that are not finished after `stopTimeoutMs` are aborted.
   */
  readonly stop?: AbortSignal | undefined
  /** How long instances may take to finish after `stop` has aborted, in milliseconds. Default 30 000. */
  readonly stopTimeoutMs?: number | undefined
  /** Called once when `stop` aborts, with the number of instances that are still being finished. */
  readonly onStop?: ((stop: { readonly instances: number; readonly timeoutMs: number }) => void) | undefined
  /** Called each time an image set, a frame or an instance is done. Keep it cheap. */
  readonly onProgress?: ((progress: ExportProgress) => void) | undefined
  /** Called for every recorded failure, with its line of `errors.ndjson`. */
  readonly onFailure?: ((failure: ErrorEntry) => void) | undefined
  /** Called for every recorded warning, with its line of `warnings.ndjson`. */
  readonly onWarning?: ((warning: WarningEntry) => void) | undefined
  /** Called if another run has locked the destination and may still be running. The job waits to find out. */
  readonly onLockWait?: ((wait: LockWait) => void) | undefined
}

/** Options of a sync. */
export interface SyncOptions extends Omit<ExportOptions, 'mode'>, SyncChoices {}

/** Options of a job of any kind: an export, a sync or an open export. */
export interface JobOptions extends Omit<ExportOptions, 'mode' | 'selectors'> {
  readonly mode?: OutputMode | undefined
  readonly selection: JobSelection
}

/** The selection of a job, as the record describes it. */
export interface JobSelection {
  /** Undefined if the selection is not known before the job ends. */
  readonly described: DescribedSelection | undefined
  /** See `selectionName`. */
  readonly name: string | undefined
}

/** A running job. */
export interface Job {
  readonly options: JobOptions
  readonly record: ExportRecord
  readonly counts: Counts
  readonly warnings: Warnings
  readonly telemetry: JobTelemetry
  /** Tracks which operations AHI permits. */
  readonly access: Access
  /** Masks paths in messages, so that they name no patient. */
  readonly mask: PathMask
  /** Masks paths of series files. */
  readonly seriesMask: PathMask
  /** Aborts if the caller aborts, if the exporter is closed, or on a fatal failure. */
  readonly signal: AbortSignal
  /** Aborts with `signal`, and also when no more instances are to be started. */
  readonly starting: AbortSignal
  /** Aborts everything in progress, as the caller's signal does. */
  readonly interrupt: () => void
  /** Ends the job with this failure. Does nothing if the job is already ending. */
  end(failure: Pick<Failure, 'code' | 'message' | 'isOutage'>): void
  /** Notes that an entry could not be written to a file of the record, and ends the job. */
  noteUnrecorded(name: string, error: unknown): void
  /** Returns why the job ended, and if it was interrupted from outside. */
  ending(): Pick<JobEnd, 'isInterrupted' | 'fatal' | 'isOutage' | 'unrecorded'>
}

/** Parts needed to create a {@link Job}. */
export interface JobStart extends Pick<Job, 'record' | 'mask' | 'seriesMask' | 'telemetry'> {
  /** Aborts when the exporter is closed. */
  readonly closed: AbortSignal
}

/** Creates a job that has not started yet. */
export function createJob(options: JobOptions, { record, mask, seriesMask, telemetry, closed }: JobStart): Job {
  const ended = new AbortController()
  const interrupted = new AbortController()
  const outside = AbortSignal.any([
    closed,
    interrupted.signal,
    ...(options.signal === undefined ? [] : [options.signal]),
  ])
  const signal = AbortSignal.any([outside, ended.signal])
  const starting = options.stop === undefined ? signal : AbortSignal.any([signal, options.stop])
  let fatal: JobSummary['fatal']
  let hasOutage = false
  const unrecorded = new Map<string, UnrecordedEntries>()

  function end({ code, message, isOutage }: Pick<Failure, 'code' | 'message' | 'isOutage'>): void {
    if (signal.aborted) return
    fatal = { code, message }
    hasOutage = isOutage
    ended.abort(new Error(message))
  }

  return {
    options,
    record,
    mask,
    seriesMask,
    signal,
    starting,
    interrupt: () => interrupted.abort(options.stop?.reason),
    counts: createCounts(),
    warnings: createWarnings(),
    telemetry,
    access: createAccess(),
    end,
    noteUnrecorded(name, error) {
      const failure = failureOf(error)
      const { message, entries } = unrecorded.get(name) ?? { message: failure.message, entries: 0 }
      unrecorded.set(name, { name, message, entries: entries + 1 })
      end(failure)
    },
    ending: () => ({
      isInterrupted: fatal === undefined && (outside.aborted || options.stop?.aborted === true),
      fatal,
      isOutage: hasOutage,
      unrecorded: [...unrecorded.values()],
    }),
  }
}

/** Calls `onProgress` with the current counts. */
export function notify(job: Job): void {
  callBack(job, () => job.options.onProgress?.(progressOf(job.counts)))
}

/** Records once that AHI is unavailable, and ends the job. The affected items count as unfinished. */
export async function reportOutage(job: Job, failure: Failure): Promise<void> {
  if (job.signal.aborted) return
  await report(job, { ...failure, imageFrameId: undefined }, { datastoreId: job.options.datastoreId })
}

/** Records a failure. Ends the job if the failure is fatal. */
export async function report(job: Job, failure: Failure, item: FailedItem): Promise<void> {
  countFailure(job.counts, failure)
  if (failure.isFatal) job.end(failure)
  else noteRefusal(job, failure, item)
  const entry = errorEntry(failure, item)
  job.telemetry.failed(entry)
  callBack(job, () => job.options.onFailure?.(entry))
  await recorded(job, recordNames.errors, job.record.fail(entry))
}

/** Calls a callback of the caller. If it throws, the job ends. */
function callBack(job: Job, watcher: () => void): void {
  try {
    watcher()
  } catch (error) {
    job.end(failureOf(error))
  }
}

/** Ends the job if AHI has refused an operation for each of the first image sets. */
function noteRefusal(job: Job, failure: Failure, { imageSetId }: FailedItem): void {
  if (imageSetId === undefined || !job.access.refuse(failure, imageSetId)) return
  const message = `${failure.message} (the first ${mostRefused} image sets were all refused)`
  job.end({ ...failure, message })
}

/** Ends the job if AHI refused an operation for every selected image set. */
export function endIfRefused(job: Job): void {
  const refusal = job.access.refusal()
  if (refusal !== undefined) job.end(refusal)
}

/** Records warnings, even while the job is ending. */
export async function warn(job: Job, entries: readonly WarningEntry[]): Promise<void> {
  for (const entry of entries) {
    callBack(job, () => job.options.onWarning?.(entry))
    await recorded(job, recordNames.warnings, job.record.warn(entry))
  }
}

/** Waits until a file of the record is written. If that fails, the job ends and the summary names the file. */
async function recorded(job: Job, name: string, writing: Promise<void>): Promise<void> {
  try {
    await writing
  } catch (error) {
    job.noteUnrecorded(name, error)
  }
}
