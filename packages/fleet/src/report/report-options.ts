import type { ClosedSummary, FileConflict } from '@ahi-dicom/export-files'
import type { ExportOutcome, JobSummary } from '@ahi-dicom/exporter'
import type { JobCounts } from '../control/status.ts'
import type { Run } from '../model/run.ts'
import type { OpenRun } from '../work/work-options.ts'

/** Options of `report` of a fleet. */
export interface ReportOptions {
  /** The same function as for the workers. It is called without a `writer`, for the destination as a whole. */
  readonly openRun: OpenRun
  /** Aborts the report. Run it again to finish it. */
  readonly signal?: AbortSignal | undefined
  /** Bytes of memory for the data of records and jobs. The rest goes to temporary databases. Default 128 MiB. */
  readonly maxMemory?: number | undefined
}

/** The summary of a run, written as `summary.json`. Its members are the same as for a single export, plus `fleet`. */
export type FleetSummary = Pick<
  JobSummary,
  | 'outcome'
  | 'datastoreId'
  | 'startedAt'
  | 'seconds'
  | 'imageSets'
  | 'instances'
  | 'frames'
  | 'unverifiedInstances'
  | 'uncheckedInstances'
  | 'files'
  | 'bytesWritten'
  | 'errors'
  | 'warnings'
  | 'checksumMismatches'
  | 'retryableOnly'
> & { readonly fleet: FleetTotals }

/** The part of a summary that only an export with several workers has. */
export interface FleetTotals {
  readonly runId: string
  readonly jobs: JobCounts
  /** Number of workers whose records were merged, and names of workers that are still writing theirs. */
  readonly writers: { readonly merged: number; readonly running: readonly string[] }
}

/** The result of `report` of a fleet. */
export interface FleetReport {
  readonly run: Run
  /** `interrupted` if the run is not finished. */
  readonly outcome: ExportOutcome
  readonly summary: ClosedSummary<FleetSummary>
  /** Whether the run is finished: it is submitted, all jobs are done or failed, and all records are merged. */
  readonly isOver: boolean
  /** Files that two workers recorded with different digests, and that match neither. */
  readonly conflicts: readonly FileConflict[]
  /** Recorded files that are missing or damaged. */
  readonly lostFiles: number
  /** Jobs that went back into the queue because their files or records are missing. Report again once they are done. */
  readonly requeuedJobs: number
}
