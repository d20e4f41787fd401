import type { Quotas } from '@ahi-dicom/ahi-client'
import type { Exporter, OpenExportOptions } from '@ahi-dicom/exporter'
import type { Run } from '../model/run.ts'
import type { PacedClient } from '../pace/paced-worker.ts'
import type { WorkEvent } from './work-event.ts'

/** The export options of a run, such as destination, format and layout. The data store comes from the run. */
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

/** Identifies the writer of a destination. */
export interface RunPlace {
  /** Name of the worker. Pass it to the destination as its `writer`. Undefined when a report opens the whole destination. */
  readonly writer?: string | undefined
}

/**
 * Returns the export options for a run, from its stored settings. If this machine cannot do the run, throw an error with the
 * reason: for example, unknown settings, or a destination that it must not write to.
 */
export type OpenRun = (run: Run, place: RunPlace) => RunExport | Promise<RunExport>

/** Options of `work` of a fleet. */
export interface WorkOptions {
  /** Exports the image sets. It is not closed at the end. */
  readonly exporter: Pick<Exporter, 'openExport'>
  /** The client of the exporter. Its request rates are limited to the worker's share. It is not closed at the end. */
  readonly client: PacedClient
  /** Quotas of the account, by operation. Default: the quotas that AHI documents. */
  readonly quotas?: Quotas | undefined
  /** Returns the export options for a run. */
  readonly openRun: OpenRun
  /** Work on this run only. Default: all runs, the oldest first. */
  readonly runId?: string | undefined
  /** Name of the worker, unique among live workers. Default: generated from host name, process id and random digits. */
  readonly name?: string | undefined
  /** Number of jobs at a time. Default: up to 64, and fewer for image sets with many instances. */
  readonly concurrency?: number | undefined
  /**
   * Whether to end when all jobs of all runs are done, including the jobs of other workers. Runs whose submitters are gone do
   * not keep it waiting. Default false: work until `stop` aborts.
   */
  readonly untilEmpty?: boolean | undefined
  /** Ends the work gently: takes no more jobs, finishes jobs in progress within `graceMs`, and gives back the rest. */
  readonly stop?: AbortSignal | undefined
  /** Milliseconds for jobs in progress after `stop` aborts. Default 30,000. */
  readonly graceMs?: number | undefined
  /** Ends the work at once: all jobs are given back. */
  readonly signal?: AbortSignal | undefined
  /** Called for each event. */
  readonly onEvent?: ((event: WorkEvent) => void) | undefined
}

/** A run that a worker could not do, with the reason. */
export interface RefusedRun {
  readonly runId: string
  /** `settings`: `openRun` threw an error. `destination`: the destination could not be opened. */
  readonly subject: 'settings' | 'destination'
  readonly code: string
  readonly message: string
}

/** The result of a worker. */
export interface WorkSummary {
  readonly name: string
  /** Completed jobs: image sets, or parts of large ones. */
  readonly jobs: number
  readonly instances: number
  readonly frames: number
  /** Bytes of the written files. */
  readonly bytes: number
  /** Jobs that failed and are not tried again by themselves. */
  readonly failed: number
  /** Runs that this worker could not do. */
  readonly refused: readonly RefusedRun[]
  /** Ids of runs that disappeared from Redis before they were finished. */
  readonly lost: readonly string[]
  /** Ids of runs that may lack jobs because their submitters are gone. Set only if that ended the work. */
  readonly abandoned: readonly string[]
  /** The error that ended the work early, such as missing credentials or a full disk. All jobs were given back. */
  readonly fatal?: { readonly code: string; readonly message: string } | undefined
}
