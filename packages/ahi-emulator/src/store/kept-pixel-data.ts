import type { DatabaseSync } from 'node:sqlite'
import { readPackLocation, type PackLocation } from './pack-location.ts'
import { integerColumn, readFound, textColumn, type Row } from './row.ts'

/** The form of Pixel Data that an import kept in one piece. */
interface PixelDataForm {
  readonly transferSyntaxUid: string
  readonly vr: 'OB' | 'OW'
  /** True if the piece consists of items and a sequence delimiter, false if it is the plain value. */
  readonly isEncapsulated: boolean
}

/** Pixel Data that an import kept in one piece in a pack. */
export interface StoredPixelData extends PixelDataForm, PackLocation {}

/** Pixel Data that was written to a pack. */
export interface NewPixelData extends PixelDataForm {
  readonly sopInstanceUid: string
  readonly byteOffset: number
  readonly byteLength: number
}

/** Pixel Data of instances that could not be split into frames. Writes take part in the caller's transaction. */
export interface PixelDataTable {
  find(imageSetId: string, sopInstanceUid: string): StoredPixelData | undefined
  add(imageSetId: string, packId: number | bigint, pixelData: NewPixelData): void
  /** Forgets the pixel data of an instance, before it is imported again. */
  remove(imageSetId: string, sopInstanceUid: string): void
}

/** Opens the table of pixel data kept in one piece. */
export function openPixelDataTable(database: DatabaseSync): PixelDataTable {
  const select = database.prepare(
    `SELECT packs.path, pixel_data.* FROM pixel_data JOIN packs ON packs.id = pixel_data.pack_id
     WHERE image_set_id = ? AND sop_instance_uid = ?`,
  )
  const insert = database.prepare(
    `INSERT INTO pixel_data
       (image_set_id, sop_instance_uid, pack_id, byte_offset, byte_length, transfer_syntax_uid, vr, is_encapsulated)
     VALUES (
       :imageSetId, :sopInstanceUid, :packId, :byteOffset, :byteLength, :transferSyntaxUid, :vr, :isEncapsulated
     )`,
  )
  const remove = database.prepare('DELETE FROM pixel_data WHERE image_set_id = ? AND sop_instance_uid = ?')
  return {
    find: (imageSetId, sopInstanceUid) => readFound(select.get(imageSetId, sopInstanceUid), readPixelData),
    add: (imageSetId, packId, { isEncapsulated, ...pixelData }) =>
      void insert.run({ imageSetId, packId, ...pixelData, isEncapsulated: Number(isEncapsulated) }),
    remove: (imageSetId, sopInstanceUid) => void remove.run(imageSetId, sopInstanceUid),
  }
}

function readPixelData(row: Row): StoredPixelData {
  return {
    ...readPackLocation(row),
    transferSyntaxUid: textColumn(row, 'transfer_syntax_uid'),
    vr: textColumn(row, 'vr') === 'OB' ? 'OB' : 'OW',
    isEncapsulated: integerColumn(row, 'is_encapsulated') === 1,
  }
}
