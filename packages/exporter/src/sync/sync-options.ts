import type { ExportOptions } from '../job/job.ts'

/** What to bring up to date. */
export interface SyncOptions extends Omit<ExportOptions, 'mode'> {
  /**
   * Whether files of image sets that are gone from AHI are removed. Only if all searches have succeeded, and only of image
   * sets that the selection covers. Default false: they are named and stay.
   */
  readonly deleteGone?: boolean | undefined
  /** Whether nothing is written: the summary and `onImageSet` say what would be done. Default false. */
  readonly dryRun?: boolean | undefined
  /** Told of every image set that is new, updated, gone or deleted. */
  readonly onImageSet?: ((imageSet: SyncedImageSet) => void) | undefined
}

/** What a sync finds, or does, of an image set. */
export type SyncChange = 'new' | 'updated' | 'unchanged' | 'gone' | 'deleted'

/** An image set that is not as the destination has it, or was not. */
export interface SyncedImageSet {
  readonly imageSetId: string
  /** Of AHI; of the destination if the image set is gone. */
  readonly versionId: string
  readonly change: Exclude<SyncChange, 'unchanged'>
}

/**
 * Counts of a sync:
 * - `new`: not recorded before, or not whole
 * - `updated`: recorded in another version, and replaced
 * - `unchanged`: recorded as a whole in this version; no metadata was requested
 * - `gone`: recorded, and no more in AHI or in the selection
 * - `deleted`: those of `gone` whose files were removed
 */
export interface SyncCounts {
  readonly imageSets: Readonly<Record<SyncChange, number>>
  /** Selected instances of these image sets. */
  readonly instances: Readonly<Record<SyncChange, number>>
}
