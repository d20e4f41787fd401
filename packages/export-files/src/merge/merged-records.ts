import type { LockOptions } from '../destination/record-store.ts'
import type { ExportDescription } from '../record/description.ts'
import type { ErrorEntry, InstanceKey, ItemKey } from '../record/entries.ts'
import type { LostFile } from '../record/export-record.ts'
import type { ClosedSummary } from '../record/summary-file.ts'

/** Options of `mergeRecords`. */
export interface MergeOptions<Summary extends object = object> {
  /**
   * Description of the merged export for `export.json`. Records with another data store or other files are refused.
   * Default: the description of the destination's own record, or of the first writer's.
   */
  readonly description?: ExportDescription | undefined
  /** Returns true if a failure from the `errors.ndjson` of a record still holds. */
  readonly keepError: (entry: ErrorEntry) => boolean
  /**
   * Instances that failed, although they or their series may have files of one of the formats. They do not count as
   * recorded instances. Asked after `keepError` has got all failures. Default: no instance with files failed.
   */
  readonly failed?: FailedInstances | undefined
  /** Further failures for `errors.ndjson`. */
  readonly errors?: AsyncIterable<ErrorEntry> | Iterable<ErrorEntry> | undefined
  /** Returns the summary for `summary.json`. Its member `outcome` says if the export is complete. */
  readonly summarize: (merged: MergedCounts) => Summary
  readonly signal?: AbortSignal | undefined
  /** Memory in bytes for the content of the records. The rest goes to temporary databases. Default 128 MiB. */
  readonly maxMemory?: number | undefined
  /**
   * Called for each record if another run holds its lock, and waiting is the only way to find out whether that run is
   * still alive. All locks are waited for at the same time.
   */
  readonly onLockWait?: LockOptions['onWait']
}

/** An instance in a record. */
export type MergedInstance = Pick<InstanceKey, 'datastoreId' | 'imageSetId' | 'seriesInstanceUid' | 'sopInstanceUid'>

/** The failed instances of an export. */
export interface FailedInstances {
  /** Returns true if an instance failed, or its series. */
  has(instance: MergedInstance): boolean
  /** Returns the number of failed instances of a series in an image set. */
  countOf(series: Omit<MergedInstance, 'sopInstanceUid'>): number
}

/** Counts of a merged record. */
export interface MergedCounts {
  /**
   * Number of recorded instances: they have files of their own, their series has files, or their image set is finished.
   */
  readonly instances: number
  /** Number of instances with frames that could not be compared with a checksum. */
  readonly unverifiedInstances: number
  /** Number of instances with frames that were not compared, because verification was turned off. */
  readonly uncheckedInstances: number
  /** Number of recorded files. */
  readonly files: number
  /** Total size of the recorded files in bytes. */
  readonly byteLength: number
  /** Number of frames of the instances. Instances that were written without pixels do not count. */
  readonly frames: number
  /** Number of finished image sets: all their selected instances are recorded. */
  readonly imageSets: number
  /** Number of lines of `errors.ndjson`. */
  readonly failures: number
  /** Number of failures that may not occur again if the job is run again. */
  readonly retryableFailures: number
  /** Number of failures by code. */
  readonly errors: Readonly<Record<string, number>>
  /** Number of instances with warnings, by code. */
  readonly warnings: Readonly<Record<string, number>>
  /** Number of recorded files that are missing or changed. They are also counted as failures. */
  readonly lostFiles: number
  /** Number of damaged lines of the records, which were left out. */
  readonly damagedLines: number
  /** Number of writers whose records were merged. */
  readonly writers: number
  /** Names of writers that still run. Their records are locked and were not merged. */
  readonly locked: readonly string[]
}

/** Result of `mergeRecords`. */
export interface MergedRecords<Summary extends object = object> extends MergedCounts {
  /** The summary as written. */
  readonly summary: ClosedSummary<Summary>
  /** Lost files that records disagree about. */
  readonly conflicts: readonly FileConflict[]
  /**
   * Recorded files that are missing or changed. The merged manifest still names those that were compared only by size.
   */
  readonly lost: readonly LostFile[]
}

/** A lost file. Several records name its path with different content, and none of them matches it. */
export type FileConflict = ItemKey & {
  readonly path: string
  /** Versions of the image set in these records. */
  readonly versions: readonly string[]
}
