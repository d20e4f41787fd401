import type { DatabaseSync } from 'node:sqlite'
import { integerColumn, textColumn } from './row.ts'

/** What image sets hold besides their documents. Writing happens in the transaction of the caller. */
export interface ImageSetContents {
  /** Gives what instances of one image set have to another one, too; the bytes stay where they are. */
  copy(imageSets: { readonly from: string; readonly to: string }, instances: InstanceContents): void
  /** Gives the pixel data and warnings of an instance to the instance of another UID, too: earlier versions have it as before. */
  renameInstance(imageSetId: string, uids: { readonly from: string; readonly to: string }): void
  /** Removes all of an image set; its files, as far as nothing else is in them, are unused from then on. */
  remove(imageSetId: string): void
}

/** What is outside of the documents of instances. */
interface InstanceContents {
  readonly imageFrameIds: Iterable<string>
  readonly sopInstanceUids: Iterable<string>
}

/** Tables of what an image set has, each with the column `image_set_id`, in the order in which they can be emptied. */
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

/** Those of them that have bytes in packs. */
const packedTables = ['frames', 'pixel_data', 'bulk_data'] as const

/** Opens what image sets hold. */
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
