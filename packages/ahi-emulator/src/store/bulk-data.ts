import type { DatabaseSync } from 'node:sqlite'
import { readPackLocation, type PackLocation } from './pack-location.ts'
import { readFound } from './row.ts'

/** A large binary value that a pack got. */
export interface NewBulkData {
  /** What the document calls it by. */
  readonly hash: string
  readonly byteOffset: number
  readonly byteLength: number
}

/** Binary values that are too large for the metadata document. Writing happens in the transaction of the caller. */
export interface BulkDataTable {
  /** Whether an image set has any. */
  has(imageSetId: string): boolean
  find(imageSetId: string, hash: string): PackLocation | undefined
  add(imageSetId: string, packId: number | bigint, bulkData: NewBulkData): void
}

/** Opens the table of large binary values. */
export function openBulkDataTable(database: DatabaseSync): BulkDataTable {
  const select = database.prepare(
    `SELECT packs.path, bulk_data.byte_offset, bulk_data.byte_length
     FROM bulk_data JOIN packs ON packs.id = bulk_data.pack_id WHERE image_set_id = ? AND hash = ?`,
  )
  // The same value may come again, with another version or in another instance: one copy does.
  const insert = database.prepare(
    `INSERT INTO bulk_data (image_set_id, hash, pack_id, byte_offset, byte_length) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  const selectAny = database.prepare('SELECT 1 FROM bulk_data WHERE image_set_id = ? LIMIT 1')
  return {
    has: (imageSetId) => selectAny.get(imageSetId) !== undefined,
    find: (imageSetId, hash) => readFound(select.get(imageSetId, hash), readPackLocation),
    add: (imageSetId, packId, { hash, byteOffset, byteLength }) =>
      void insert.run(imageSetId, hash, packId, byteOffset, byteLength),
  }
}
