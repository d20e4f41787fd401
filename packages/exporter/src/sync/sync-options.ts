import type { SyncChange } from '../record/sync-counts.ts'

/** Options that a sync has in addition to an export. */
export interface SyncChoices {
  /**
   * Remove the files of image sets that are gone from AHI. Happens only if all searches succeeded, and only to image
   * sets that the selection covers. Default false: they are reported and stay.
   */
  readonly deleteGone?: boolean | undefined
  /** Write nothing. The summary and `onImageSet` tell what would be done. Default false. */
  readonly dryRun?: boolean | undefined
  /** Called for every image set that is new, updated, gone or deleted. */
  readonly onImageSet?: ((imageSet: SyncedImageSet) => void) | undefined
}

/** An image set that differs, or differed, from the destination. */
export interface SyncedImageSet {
  readonly imageSetId: string
  /** The version in AHI, or at the destination if the image set is gone. */
  readonly versionId: string
  readonly change: Exclude<SyncChange, 'unchanged'>
}
