import type { Quotas } from '@ahi-dicom/ahi-client'
import type { Exporter, OpenExportOptions } from '@ahi-dicom/exporter'
import type { Run } from '../model/run.ts'
import type { PacedClient } from '../pace/paced-worker.ts'
import type { WorkEvent } from './work-event.ts'

/** How a worker exports the image sets of a run, and where to. The data store is that of the run. */
export type RunExport = Omit<
  OpenExportOptions,
  | 'datastoreId'
  | 'mode'
  | 'signal'
  | 'stop'
  | 'stopTimeoutMs'
  | 'onStop'
  | 'onProgress'
  | 'onFailure'
  | 'onWarning'
  | 'onLockWait'
>

/** Where a worker writes its part of a run. */
export interface RunPlace {
  /**
   * Name of the record of the worker: give it to the destination as its `writer`. Undefined: the destination as a whole, for
   * a report.
   */
  readonly writer?: string | undefined
}

/**
 * Makes of a run what to do for it, with the settings that it stores. Throw what says why the run is not done here: its
 * settings are not understood, or its destination is not one that this machine may write to.
 */
export type OpenRun = (run: Run, place: RunPlace) => RunExport | Promise<RunExport>

/** Options of `work` of a fleet. */
export interface WorkOptions {
  /** Left open. */
  readonly exporter: Pick<Exporter, 'openExport'>
  /** The client of the exporter, whose pace is shared with the other workers. Left open. */
  readonly client: PacedClient
  /** Quotas of the account, by operation, where they are not those that AHI documents. */
  readonly quotas?: Quotas | undefined
  readonly openRun: OpenRun
  /** Work for this run alone. Default: for all of them, the oldest first. */
  readonly runId?: string | undefined
  /** Name of the worker, which no other one has at the same time. Default: made of host, process and chance. */
  readonly name?: string | undefined
  /** Jobs at a time. Default: up to 64, and fewer the more instances the image sets have. */
  readonly concurrency?: number | undefined
  /**
   * Whether to end once all jobs of all runs are done, also by others, or can only be added by submitters that are gone.
   * Default: work until `stop` aborts.
   */
  readonly untilEmpty?: boolean | undefined
  /** Ends the work gently: takes no more jobs, finishes those under way within `graceMs`, and gives the rest back. */
  readonly stop?: AbortSignal | undefined
  /** Default 30 000. */
  readonly graceMs?: number | undefined
  /** Ends the work at once: all jobs are given back. */
  readonly signal?: AbortSignal | undefined
  /** Told of what people want to know. */
  readonly onEvent?: ((event: WorkEvent) => void) | undefined
}

/** A run that a worker could not do, and why. */
export interface RefusedRun {
  readonly runId: string
  /** What does not do: the settings of the run, or its destination, which could not be opened. */
  readonly subject: 'settings' | 'destination'
  readonly code: string
  readonly message: string
}

/** What a worker has done. */
export interface WorkSummary {
  readonly name: string
  /** Jobs that it completed: image sets, or parts of large ones. */
  readonly jobs: number
  readonly instances: number
  readonly frames: number
  /** Bytes of the files. */
  readonly bytes: number
  /** Jobs that failed for a lasting reason, or too often. */
  readonly failed: number
  /** Runs that it could not do. */
  readonly refused: readonly RefusedRun[]
  /** Runs that had jobs to do, and that Redis does not know any more. */
  readonly lost: readonly string[]
  /** Runs that may lack jobs: their submitters are gone. Only if there was nothing else left to do. */
  readonly abandoned: readonly string[]
  /** What ended the work early: credentials, a full disk. The jobs were given back. */
  readonly fatal?: { readonly code: string; readonly message: string } | undefined
}
