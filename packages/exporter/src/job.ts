import { createBudget, type Budget } from './budget.ts'
import type { ExporterClient } from './client.ts'
import { countFailure, createCounts, progressOf, type Counts } from './counts.ts'
import { describeFailure, errorCode, isFatal, type FailedItem } from './failure.ts'
import type { FrameSupplyParts } from './frame-supply.ts'
import type { InstanceOptions } from './open-instance.ts'
import type { ExportProgress } from './progress.ts'
import type { Selectors } from './selector.ts'
import type { InstanceSink, WarningEntry } from './sink.ts'
import type { ExportSummary } from './summary.ts'
import { createWarnings, type Warnings } from './warnings.ts'

/** What to export, and where to. */
export interface ExportOptions extends InstanceOptions {
  readonly datastoreId: string
  /** `all`: every image set of the data store. */
  readonly selectors: Selectors | 'all'
  readonly sink: InstanceSink
  /** Also image sets that are not primary: older copies and instances in conflict with the primary set. Default false. */
  readonly includeNonPrimary?: boolean | undefined
  /** Instances that are written at a time. Default as many as frames are fetched at a time. */
  readonly instanceConcurrency?: number | undefined
  /** Ends the job: what is under way is cut short, what is written stays, the summary says `interrupted`. */
  readonly signal?: AbortSignal | undefined
  /** Called at every image set, frame and instance that is done: keep it cheap. */
  readonly onProgress?: ((progress: ExportProgress) => void) | undefined
}

/** What jobs of one exporter share. */
export interface JobParts {
  readonly client: ExporterClient
  readonly frames: FrameSupplyParts
  /** Has the decoder start while the first metadata is on its way. */
  readonly prepareDecoding?: (() => void) | undefined
  /** Bytes of frames fetched and decoded and not yet written. */
  readonly memory: Budget
  /** Aborts when the exporter is closed. */
  readonly closed: AbortSignal
}

/** A job under way. */
export interface Job {
  readonly parts: JobParts
  readonly options: ExportOptions
  readonly counts: Counts
  readonly warnings: Warnings
  /** Aborted by the caller, by close(), or by a fatal error. */
  readonly signal: AbortSignal
  /** Instances that are written at a time. */
  readonly places: Budget
  readonly running: Set<Promise<void>>
  /** Ends the job for a reason of its own; does nothing once it is ending. */
  end(error: unknown): void
  /** What ended the job, and whether that came from outside. */
  ending(): { readonly isInterrupted: boolean; readonly fatal: ExportSummary['fatal'] }
}

/** Makes a job that has not begun. */
export function createJob(parts: JobParts, options: ExportOptions): Job {
  const ended = new AbortController()
  const outside = AbortSignal.any(options.signal === undefined ? [parts.closed] : [parts.closed, options.signal])
  const signal = AbortSignal.any([outside, ended.signal])
  let fatal: ExportSummary['fatal']
  return {
    parts,
    options,
    signal,
    counts: createCounts(),
    warnings: createWarnings(),
    places: createBudget(options.instanceConcurrency ?? parts.frames.requests.limit),
    running: new Set(),
    end(error) {
      if (signal.aborted) return
      fatal = { code: errorCode(error), message: error instanceof Error ? error.message : String(error) }
      ended.abort(error)
    },
    ending: () => ({ isInterrupted: fatal === undefined && outside.aborted, fatal }),
  }
}

/** Tells whoever watches where the job stands. What goes wrong there ends the job. */
export function notify(job: Job): void {
  try {
    job.options.onProgress?.(progressOf(job.counts))
  } catch (error) {
    job.end(error)
  }
}

/** Reports a failure to the sink, and ends the job where going on is pointless. */
export async function report(job: Job, error: unknown, item: FailedItem): Promise<void> {
  const entry = describeFailure(error, item)
  countFailure(job.counts, error, entry)
  if (isFatal(error)) job.end(error)
  try {
    await job.options.sink.report(entry)
  } catch (reportError) {
    job.end(reportError)
  }
}

/** Tells the sink of warnings, also while the job is ending; what goes wrong there ends it. */
export async function warn(job: Job, entries: readonly WarningEntry[]): Promise<void> {
  try {
    for (const entry of entries) await job.options.sink.warn?.(entry)
  } catch (error) {
    job.end(error)
  }
}
