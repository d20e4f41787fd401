import type { DatabaseSync } from 'node:sqlite'
import { readPackLocation, type PackLocation } from './pack-location.ts'
import { readFound } from './row.ts'

/** A large binary value that was written to a pack. */
export interface NewBulkData {
  /** SHA-256 of the value, which is its name in the document. */
  readonly hash: string
  readonly byteOffset: number
  readonly byteLength: number
}

/** Binary values that are too large for the metadata document. Writes take part in the caller's transaction. */
export interface BulkDataTable {
  /** Returns true if an image set has any. */
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
  // The same value may occur in another version or instance. One copy is enough.
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
