import type { ClosedSummary, FileConflict } from '@ahi-dicom/export-files'
import type { ExportOutcome, JobSummary } from '@ahi-dicom/exporter'
import type { JobCounts } from '../control/status.ts'
import type { Run } from '../model/run.ts'
import type { OpenRun } from '../work/work-options.ts'

/** Options of `report` of a fleet. */
export interface ReportOptions {
  /** As that of the workers. It is asked for the destination as a whole: without the name of a writer. */
  readonly openRun: OpenRun
  readonly signal?: AbortSignal | undefined
  /** Bytes of memory for what the records and the jobs say. What does not fit goes to temporary databases. Default 128 MiB. */
  readonly maxMemory?: number | undefined
}

/** What a run has done, and what is now at the destination. Written as `summary.json`. Members are as those of an export. */
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

/** What only an export of many workers has. */
export interface FleetTotals {
  readonly runId: string
  readonly jobs: JobCounts
  /** Records of workers that were merged, and names of workers that still write theirs. */
  readonly writers: { readonly merged: number; readonly running: readonly string[] }
}

/** What `report` of a fleet has found and written. */
export interface FleetReport {
  readonly run: Run
  /** `interrupted`: the run is not over. */
  readonly outcome: ExportOutcome
  readonly summary: ClosedSummary<FleetSummary>
  /** Whether all jobs of the run are over. */
  readonly isOver: boolean
  /** Files that two workers recorded in different ways, and of which neither is there. */
  readonly conflicts: readonly FileConflict[]
  /** Recorded files that are gone or damaged. */
  readonly lostFiles: number
  /** Jobs that wait again, since files of theirs are not there as the jobs left them. Report again once they are done. */
  readonly requeuedJobs: number
}
