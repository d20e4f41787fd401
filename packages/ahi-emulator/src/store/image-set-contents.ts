import type { DatabaseSync } from 'node:sqlite'
import { integerColumn, textColumn } from './row.ts'

/** The contents of image sets besides their documents. Writes take part in the caller's transaction. */
export interface ImageSetContents {
  /** Copies the contents of instances from one image set to another. The bytes in the packs are shared, not copied. */
  copy(imageSets: { readonly from: string; readonly to: string }, instances: InstanceContents): void
  /** Copies the pixel data and warnings of an instance to its new UID. Earlier versions keep the old one. */
  renameInstance(imageSetId: string, uids: { readonly from: string; readonly to: string }): void
  /** Removes an image set with its contents. Files that nothing else uses are recorded as unused. */
  remove(imageSetId: string): void
}

/** The contents of instances outside their documents. */
interface InstanceContents {
  readonly imageFrameIds: Iterable<string>
  readonly sopInstanceUids: Iterable<string>
}

/** Tables with the column `image_set_id`, in an order that allows their rows to be deleted. */
const contentTables = [
  'frames',
  'pixel_data',
  'bulk_data',
  'synthetic_image_sets',
  'instance_warnings',
  'forced_versions',
  'image_set_accesses',
  'image_set_versions',
] as const

/** The content tables that refer to packs. */
const packedTables = ['frames', 'pixel_data', 'bulk_data'] as const

/** Opens the tables of image set contents. */
export function openImageSetContents(database: DatabaseSync): ImageSetContents {
  const copyFrame = database.prepare(
    `INSERT OR IGNORE INTO frames (image_set_id, id, pack_id, byte_offset, byte_length, transfer_syntax_uid)
     SELECT ?, id, pack_id, byte_offset, byte_length, transfer_syntax_uid FROM frames WHERE image_set_id = ? AND id = ?`,
  )
  const copyPixelData = database.prepare(
    `INSERT OR REPLACE INTO pixel_data
       (image_set_id, sop_instance_uid, pack_id, byte_offset, byte_length, transfer_syntax_uid, vr, is_encapsulated)
     SELECT :to, :toUid, pack_id, byte_offset, byte_length, transfer_syntax_uid, vr, is_encapsulated
     FROM pixel_data WHERE image_set_id = :from AND sop_instance_uid = :fromUid`,
  )
  const copyBulkData = database.prepare(
    `INSERT OR IGNORE INTO bulk_data (image_set_id, hash, pack_id, byte_offset, byte_length)
     SELECT ?, hash, pack_id, byte_offset, byte_length FROM bulk_data WHERE image_set_id = ?`,
  )
  const copyWarnings = database.prepare(
    `INSERT OR REPLACE INTO instance_warnings (image_set_id, sop_instance_uid, position, code)
     SELECT :to, :toUid, position, code FROM instance_warnings WHERE image_set_id = :from AND sop_instance_uid = :fromUid`,
  )
  const selectPacks = database.prepare(
    packedTables.map((table) => `SELECT pack_id AS id FROM ${table} WHERE image_set_id = :id`).join(' UNION '),
  )
  const unused = packedTables.map((table) => `NOT EXISTS (SELECT 1 FROM ${table} WHERE pack_id = :id)`).join(' AND ')
  const deletePack = database.prepare(`DELETE FROM packs WHERE id = :id AND ${unused} RETURNING path`)
  const addUnusedDocuments = database.prepare(
    `INSERT OR IGNORE INTO unused_files (path)
     SELECT document_path FROM image_set_versions WHERE image_set_id = ? AND document_path NOT LIKE 'synthetic/%'`,
  )
  const addUnused = database.prepare('INSERT OR IGNORE INTO unused_files (path) VALUES (?)')
  const deletions = [
    ...contentTables.map((table) => database.prepare(`DELETE FROM ${table} WHERE image_set_id = ?`)),
    database.prepare('DELETE FROM image_sets WHERE id = ?'),
  ]
  return {
    copy({ from, to }, { imageFrameIds, sopInstanceUids }) {
      for (const id of imageFrameIds) copyFrame.run(to, from, id)
      for (const uid of sopInstanceUids) {
        copyPixelData.run({ from, to, fromUid: uid, toUid: uid })
        copyWarnings.run({ from, to, fromUid: uid, toUid: uid })
      }
      copyBulkData.run(to, from)
    },
    renameInstance(imageSetId, { from, to }) {
      copyPixelData.run({ from: imageSetId, to: imageSetId, fromUid: from, toUid: to })
      copyWarnings.run({ from: imageSetId, to: imageSetId, fromUid: from, toUid: to })
    },
    remove(imageSetId) {
      const packs = selectPacks.all({ id: imageSetId })
      addUnusedDocuments.run(imageSetId)
      for (const deletion of deletions) deletion.run(imageSetId)
      for (const pack of packs) {
        const row = deletePack.get({ id: integerColumn(pack, 'id') })
        if (row !== undefined) addUnused.run(textColumn(row, 'path'))
      }
    },
  }
}
