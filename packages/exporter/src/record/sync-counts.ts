/** How an image set differs from the destination, or what the sync did. */
export type SyncChange = 'new' | 'updated' | 'unchanged' | 'gone' | 'deleted'

/**
 * Counts of a sync:
 * - `new`: not recorded before, or recorded incompletely
 * - `updated`: recorded in another version, and replaced
 * - `unchanged`: recorded completely in this version; its metadata was not requested
 * - `gone`: recorded, but no longer in AHI or in the selection
 * - `deleted`: gone, and its files were removed
 */
export interface SyncCounts {
  readonly imageSets: Readonly<Record<SyncChange, number>>
  /** Selected instances of these image sets. */
  readonly instances: Readonly<Record<SyncChange, number>>
}
