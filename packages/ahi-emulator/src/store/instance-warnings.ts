import type { DatabaseSync } from 'node:sqlite'
import { integerColumn, textColumn } from './row.ts'

/** Codes of the warnings that instances were imported with. Writes take part in the caller's transaction. */
export interface InstanceWarningTable {
  /** Returns the warning codes of an image set's instances by SOPInstanceUID, in the order of the warnings. */
  ofImageSet(imageSetId: string): ReadonlyMap<string, readonly number[]>
  /** Replaces the codes of an instance. */
  set(imageSetId: string, sopInstanceUid: string, codes: Iterable<number>): void
}

/** Opens the table of warnings. */
export function openInstanceWarnings(database: DatabaseSync): InstanceWarningTable {
  const select = database.prepare(
    'SELECT sop_instance_uid, code FROM instance_warnings WHERE image_set_id = ? ORDER BY sop_instance_uid, position',
  )
  const remove = database.prepare('DELETE FROM instance_warnings WHERE image_set_id = ? AND sop_instance_uid = ?')
  const insert = database.prepare(
    'INSERT INTO instance_warnings (image_set_id, sop_instance_uid, position, code) VALUES (?, ?, ?, ?)',
  )
  return {
    ofImageSet(imageSetId) {
      const byInstance = Map.groupBy(select.all(imageSetId), (row) => textColumn(row, 'sop_instance_uid'))
      return new Map([...byInstance].map(([uid, rows]) => [uid, rows.map((row) => integerColumn(row, 'code'))]))
    },
    set(imageSetId, sopInstanceUid, codes) {
      remove.run(imageSetId, sopInstanceUid)
      let position = 0
      for (const code of new Set(codes)) insert.run(imageSetId, sopInstanceUid, position++, code)
    },
  }
}
