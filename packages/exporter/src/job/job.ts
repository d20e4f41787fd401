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

/** What to export, and where to. */
export interface ExportOptions extends SelectionOptions, InstanceOptions {
  readonly destination: Destination
  /** Which files each instance and each series makes. Default: DICOM files. */
  readonly formats?: readonly AnyFormat[] | undefined
  /** Template of paths, see `parseLayout` of export-files. Default `{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}`. */
  readonly layout?: string | undefined
  /**
   * Template of the paths of series, for formats that make files of series, see `parseSeriesLayout` of export-files. It may
   * have attributes of the patient, the study and the series. Default `{StudyInstanceUID}/{SeriesInstanceUID}`.
   */
  readonly seriesLayout?: string | undefined
  /** What to do with a destination that holds an export. Default `new`: refuse it. */
  readonly mode?: Exclude<OutputMode, 'sync'> | undefined
  /** Instances that are written at a time. Default: as many as frames are fetched at a time. */
  readonly instanceConcurrency?: number | undefined
  /** Ends the job at once: what is under way is cut short, what is written stays, the summary says `interrupted`. */
  readonly signal?: AbortSignal | undefined
  /**
   * Ends the job gently: no more instances are started, those under way are finished, the summary says `interrupted`. What
   * is not finished after `stopTimeoutMs` is cut short.
   */
  readonly stop?: AbortSignal | undefined
  /** Longest time that instances may take once `stop` has aborted, in milliseconds. Default 30 000. */
  readonly stopTimeoutMs?: number | undefined
  /** Called once when `stop` aborts, with the number of instances that are being finished. */
  readonly onStop?: ((stop: { readonly instances: number; readonly timeoutMs: number }) => void) | undefined
  /** Called at every image set, frame and instance that is done: keep it cheap. */
  readonly onProgress?: ((progress: ExportProgress) => void) | undefined
  /** Called at every failure that is recorded: the line of `errors.ndjson`. */
  readonly onFailure?: ((failure: ErrorEntry) => void) | undefined
  /** Called at every warning that is recorded: the line of `warnings.ndjson`. */
  readonly onWarning?: ((warning: WarningEntry) => void) | undefined
  /** Called if another run has locked the destination, and only time can tell whether it still runs. */
  readonly onLockWait?: ((wait: LockWait) => void) | undefined
}

/** What to bring up to date. */
export interface SyncOptions extends Omit<ExportOptions, 'mode'>, SyncChoices {}

/** What a job of any kind does. */
export interface JobOptions extends Omit<ExportOptions, 'mode' | 'selectors'> {
  readonly mode?: OutputMode | undefined
  readonly selection: JobSelection
}

/** What a job selects, for its record. */
export interface JobSelection {
  /** Undefined if nobody knows it before the end. */
  readonly described: DescribedSelection | undefined
  /** See `selectionName`. */
  readonly name: string | undefined
}

/** A job under way. */
export interface Job {
  readonly options: JobOptions
  readonly record: ExportRecord
  readonly counts: Counts
  readonly warnings: Warnings
  readonly telemetry: JobTelemetry
  /** Which operations AHI permits. */
  readonly access: Access
  /** How messages show paths, so that they name no patient. */
  readonly mask: PathMask
  /** As `mask`, for the files of series. */
  readonly seriesMask: PathMask
  /** Aborted by the caller, by close(), or by a fatal failure. */
  readonly signal: AbortSignal
  /** Aborted with `signal`, and if no more instances are to be started. */
  readonly starting: AbortSignal
  /** Cuts short what is under way, as the signal of the caller does. */
  readonly interrupt: () => void
  /** Ends the job for a reason of its own; does nothing once it is ending. */
  end(failure: Pick<Failure, 'code' | 'message' | 'isOutage'>): void
  /** Notes that something could not be written to a file of the record, and ends the job. */
  lose(name: string, error: unknown): void
  /** What ended the job, and whether that came from outside. */
  ending(): Pick<JobEnd, 'isInterrupted' | 'fatal' | 'isOutage' | 'unrecorded'>
}

/** Parts of a {@link Job}. */
export interface JobStart extends Pick<Job, 'record' | 'mask' | 'seriesMask' | 'telemetry'> {
  /** Aborts when the exporter is closed. */
  readonly closed: AbortSignal
}

/** Makes a job that has not begun. */
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
    lose(name, error) {
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

/** Tells whoever watches where the job stands. */
export function notify(job: Job): void {
  tell(job, () => job.options.onProgress?.(progressOf(job.counts)))
}

/** Records once that AHI is away, and ends the job. The items that met it are left unfinished. */
export async function reportOutage(job: Job, failure: Failure): Promise<void> {
  if (job.signal.aborted) return
  await report(job, { ...failure, imageFrameId: undefined }, { datastoreId: job.options.datastoreId })
}

/** Records a failure, and ends the job if going on is pointless. */
export async function report(job: Job, failure: Failure, item: FailedItem): Promise<void> {
  countFailure(job.counts, failure)
  if (failure.isFatal) job.end(failure)
  else noteRefusal(job, failure, item)
  const entry = errorEntry(failure, item)
  job.telemetry.failed(entry)
  tell(job, () => job.options.onFailure?.(entry))
  await recorded(job, recordNames.errors, job.record.fail(entry))
}

/** Calls who watches the job. An error there ends the job. */
function tell(job: Job, watcher: () => void): void {
  try {
    watcher()
  } catch (error) {
    job.end(failureOf(error))
  }
}

/** Ends the job if AHI has refused an operation for each of the first image sets that it was asked for. */
function noteRefusal(job: Job, failure: Failure, { imageSetId }: FailedItem): void {
  if (imageSetId === undefined || !job.access.refuse(failure, imageSetId)) return
  const message = `${failure.message} (the first ${mostRefused} image sets were all refused)`
  job.end({ ...failure, message })
}

/** Ends the job if an operation was refused for all that was selected. */
export function endIfRefused(job: Job): void {
  const refusal = job.access.refusal()
  if (refusal !== undefined) job.end(refusal)
}

/** Records warnings, also while the job is ending. */
export async function warn(job: Job, entries: readonly WarningEntry[]): Promise<void> {
  for (const entry of entries) {
    tell(job, () => job.options.onWarning?.(entry))
    await recorded(job, recordNames.warnings, job.record.warn(entry))
  }
}

/** Waits for a file of the record. A record that cannot be written ends the job, and the summary names it. */
async function recorded(job: Job, name: string, writing: Promise<void>): Promise<void> {
  try {
    await writing
  } catch (error) {
    job.lose(name, error)
  }
}
