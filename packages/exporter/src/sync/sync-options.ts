import type { SyncChange } from '../record/sync-counts.ts'

/** How a sync differs from an export. */
export interface SyncChoices {
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

/** An image set that is not as the destination has it, or was not. */
export interface SyncedImageSet {
  readonly imageSetId: string
  /** Of AHI; of the destination if the image set is gone. */
  readonly versionId: string
  readonly change: Exclude<SyncChange, 'unchanged'>
}
