/** What a sync finds, or does, of an image set. */
export type SyncChange = 'new' | 'updated' | 'unchanged' | 'gone' | 'deleted'

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
