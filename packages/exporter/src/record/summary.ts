import type { RequestCounts } from '@ahi-dicom/ahi-client'
import type { ClosedSummary } from '@ahi-dicom/export-files'
import type { SyncCounts } from './sync-counts.ts'

/**
 * How an export ended:
 * - `complete`: everything that was selected is at the destination, and its frames are verified, unless that was turned off
 * - `unverified`: everything is at the destination, and the frames of some instances could not be verified
 * - `nothing-selected`: no instance matched
 * - `checksum-mismatch`: some frame did not match AHI's checksum (other failures may be there too)
 * - `retryable`: only failures are left that may pass by themselves (throttling, time-outs, connections), or AHI was away
 *   for too long, see {@link ExportSummary.fatal}
 * - `failed`: some items failed
 * - `fatal`: the job could not go on; see {@link ExportSummary.fatal}
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
  /** Instances that the selectors name in the image sets that could be read. */
  readonly selected: number
  readonly written: number
  /** Left out on purpose: at the destination already, or a duplicate. */
  readonly skipped: number
  readonly failed: number
  /** Not come to, or cut short: only where the job was interrupted or ended by a fatal error. */
  readonly unfinished: number
}

/**
 * What an export did, and what is now at the destination. Written as `summary.json`. All members but `record` are about
 * this run alone. `record` and `sha256` are absent if `summary.json` could not be written.
 */
export type ExportSummary = JobSummary & Partial<ClosedSummary>

/** What an export did. */
export interface JobSummary {
  readonly outcome: ExportOutcome
  readonly datastoreId: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  /** Wall-clock seconds. */
  readonly seconds: number
  readonly imageSets: {
    /** Not those of which the filters leave out all instances. */
    readonly selected: number
    /** Whose metadata could not be read: none of their instances are counted. */
    readonly failed: number
  }
  readonly instances: InstanceCounts
  /** Those of `instances.skipped` whose SOPInstanceUID was exported from another image set. */
  readonly duplicates: number
  /** Frames that were read for the written instances. */
  readonly frames: number
  /** Those of `frames` that were written without being compared with a checksum. */
  readonly unverifiedFrames: number
  /**
   * Instances, written or skipped, of which frames could not be compared with a checksum. `warnings.ndjson` names them, and
   * `checksum` in the manifest.
   */
  readonly unverifiedInstances: number
  /** Instances, written or skipped, of which frames were not compared since that was turned off. */
  readonly uncheckedInstances: number
  readonly files: number
  /** Bytes of frames received from AHI, repeated requests included. */
  readonly bytesFetched: number
  /**
   * Requests to AHI by operation, those of the metadata and the search too. They are those of the client while the export
   * ran. Absent if the client does not count them.
   */
  readonly requests?: Readonly<Record<string, RequestCounts>> | undefined
  /** Bytes of the written files. */
  readonly bytesWritten: number
  /** Failures by code. */
  readonly errors: Readonly<Record<string, number>>
  /** Written instances with warnings, by code. They are exported all the same: `outcome` does not tell of them. */
  readonly warnings: Readonly<Record<string, number>>
  /** Instances whose pixels did not match AHI's checksum. */
  readonly checksumMismatches: number
  /** Whether there are failures and all of them may pass by themselves. */
  readonly retryableOnly: boolean
  /** What a sync has found and done. Absent for other jobs. */
  readonly sync?: SyncCounts | undefined
  /** What ended the job early. */
  readonly fatal?: { readonly code: string; readonly message: string } | undefined
  /** Files of the record that could not be written, each once. Absent if there are none. */
  readonly unrecorded?: readonly UnrecordedEntries[] | undefined
}

/** What a file of the record lacks. */
export interface UnrecordedEntries {
  /** Name of the file, such as `errors.ndjson`. */
  readonly name: string
  /** Why it could not be written, the first time. */
  readonly message: string
  /** Entries that it lacks; 1 for a file that is written as a whole. */
  readonly entries: number
}
