import type { RequestCounts } from '@ahi-dicom/ahi-client'
import type { ClosedSummary } from '@ahi-dicom/export-files'
import type { SyncCounts } from './sync-counts.ts'

/**
 * How an export ended:
 * - `complete`: all selected instances are at the destination, and their frames are verified unless that was turned off
 * - `unverified`: all instances are at the destination, but frames of some could not be verified
 * - `nothing-selected`: no instance matched
 * - `checksum-mismatch`: some frame did not match AHI's checksum (there may be other failures too)
 * - `retryable`: all failures may pass on a retry (throttling, time-outs, connections), or AHI was unavailable for too
 * long, see {@link ExportSummary.fatal}
 * - `failed`: some items failed
 * - `fatal`: the job could not continue, see {@link ExportSummary.fatal}
 * - `interrupted`: the signal aborted
 */
export type ExportOutcome =
  | 'complete'
  | 'unverified'
  | 'nothing-selected'
  | 'checksum-mismatch'
  | 'retryable'
  | 'failed'
  | 'fatal'
  | 'interrupted'

/** Instances of an export. `selected` is the sum of the others. */
export interface InstanceCounts {
  /** Instances that the selectors match, in image sets that could be read. */
  readonly selected: number
  readonly written: number
  /** Skipped on purpose: already at the destination, or a duplicate. */
  readonly skipped: number
  readonly failed: number
  /** Not started, or aborted. More than 0 only if the job was interrupted or ended by a fatal error. */
  readonly unfinished: number
}

/**
 * The result of an export. Written as `summary.json`. All members except `record` describe this run only. `record` and
 * `sha256` are absent if `summary.json` could not be written.
 */
export type ExportSummary = JobSummary & Partial<ClosedSummary>

/** The result of a job. */
export interface JobSummary {
  readonly outcome: ExportOutcome
  readonly datastoreId: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  /** Wall-clock seconds. */
  readonly seconds: number
  readonly imageSets: {
    /** Selected image sets, without those where no instance matches the filters. */
    readonly selected: number
    /** Image sets whose metadata could not be read. None of their instances are counted. */
    readonly failed: number
  }
  readonly instances: InstanceCounts
  /** Instances in `skipped` whose SOPInstanceUID was exported from another image set. */
  readonly duplicates: number
  /** Frames read for the written instances. */
  readonly frames: number
  /** Frames in `frames` that were written without a comparison with a checksum. */
  readonly unverifiedFrames: number
  /**
   * Instances, written or skipped, with frames that could not be compared with a checksum. They are named in
   * `warnings.ndjson`, and by `checksum` in the manifest.
   */
  readonly unverifiedInstances: number
  /** Instances, written or skipped, whose frames were not compared because verification was turned off. */
  readonly uncheckedInstances: number
  readonly files: number
  /** Bytes of frames received from AHI, repeated requests included. */
  readonly bytesFetched: number
  /**
   * Requests to AHI by operation, including metadata and search. Counts all requests of the client during the export.
   * Absent if the client does not count.
   */
  readonly requests?: Readonly<Record<string, RequestCounts>> | undefined
  /** Bytes of the written files. */
  readonly bytesWritten: number
  /** Failures by code. */
  readonly errors: Readonly<Record<string, number>>
  /** Written instances with warnings, by code. Warnings do not change `outcome`. */
  readonly warnings: Readonly<Record<string, number>>
  /** Instances whose pixels did not match AHI's checksum. */
  readonly checksumMismatches: number
  /** True if there are failures, and all of them may pass on a retry. */
  readonly retryableOnly: boolean
  /** Changes that a sync found and made. Absent for other jobs. */
  readonly sync?: SyncCounts | undefined
  /** The error that ended the job early. */
  readonly fatal?: { readonly code: string; readonly message: string } | undefined
  /** Files of the record that could not be written. Absent if all were written. */
  readonly unrecorded?: readonly UnrecordedEntries[] | undefined
}

/** Entries missing from a file of the record. */
export interface UnrecordedEntries {
  /** Name of the file, such as `errors.ndjson`. */
  readonly name: string
  /** Why the first of them could not be written. */
  readonly message: string
  /** The number of missing entries. 1 for a file that is written as a whole. */
  readonly entries: number
}
