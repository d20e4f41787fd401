import type { LockOptions } from '../destination/record-store.ts'
import type { ExportDescription } from '../record/description.ts'
import type { ErrorEntry, ItemKey } from '../record/entries.ts'
import type { LostFile } from '../record/export-record.ts'
import type { ClosedSummary } from '../record/summary-file.ts'

/** Options of `mergeRecords`. */
export interface MergeOptions<Summary extends object = object> {
  /**
   * What the merged export is, for `export.json`. Records of another data store or of other files are refused. Default: what
   * the record of the destination says, or that of the first writer.
   */
  readonly description?: ExportDescription | undefined
  /** Returns whether an entry of the records' `errors.ndjson` still holds. */
  readonly keepError: (entry: ErrorEntry) => boolean
  /** Further entries for `errors.ndjson`. */
  readonly errors?: AsyncIterable<ErrorEntry> | Iterable<ErrorEntry> | undefined
  /** Returns the summary, for `summary.json`. Its member `outcome` says whether the export is complete. */
  readonly summarize: (merged: MergedCounts) => Summary
  readonly signal?: AbortSignal | undefined
  /** Bytes of memory for what the records say of files. What does not fit goes to temporary databases. Default 128 MiB. */
  readonly maxMemory?: number | undefined
  /** Called for each record of which only time can tell whether its run still goes on. They are waited for side by side. */
  readonly onLockWait?: LockOptions['onWait']
}

/** What a merged record adds up to. */
export interface MergedCounts {
  /** Instances with recorded files, each once. */
  readonly instances: number
  /** Instances of these of which frames could not be compared with a checksum. */
  readonly unverifiedInstances: number
  /** Instances of these of which frames were not compared, since that was turned off. */
  readonly uncheckedInstances: number
  /** Recorded files. */
  readonly files: number
  /** Bytes of these files. */
  readonly byteLength: number
  /** Frames of the instances, but those of which the attributes alone were written. */
  readonly frames: number
  /** Image sets of which all is recorded that was selected. */
  readonly imageSets: number
  /** Entries of `errors.ndjson`. */
  readonly failures: number
  /** Entries of these that say that running the job again may succeed. */
  readonly retryableFailures: number
  /** The same entries by code. */
  readonly errors: Readonly<Record<string, number>>
  /** Instances with warnings, by code. */
  readonly warnings: Readonly<Record<string, number>>
  /** Recorded files that are not there as they were written. They are among the failures. */
  readonly lostFiles: number
  /** Lines of the records that were damaged, and left out. */
  readonly damagedLines: number
  /** Records that were merged. */
  readonly writers: number
  /** Writers whose records are locked: they still run, and are not merged. */
  readonly locked: readonly string[]
}

/** What `mergeRecords` has done. */
export interface MergedRecords<Summary extends object = object> extends MergedCounts {
  /** As it was written. */
  readonly summary: ClosedSummary<Summary>
  /** Paths of which two records name different files, and the file is none of these. They are lost as well. */
  readonly conflicts: readonly FileConflict[]
  /** Recorded files that are not there as they were written. No line names them any more, unless they are of another size. */
  readonly lost: readonly LostFile[]
}

/** A path of which records name different files. */
export type FileConflict = ItemKey & {
  readonly path: string
  /** Versions of the image set that the files are of. */
  readonly versions: readonly string[]
}
