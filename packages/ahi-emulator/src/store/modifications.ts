import type { DatabaseSync } from 'node:sqlite'
import { integerColumn, textColumn } from './row.ts'

/** A copy, update or deletion that was accepted and is not yet applied. */
export interface PendingModification {
  readonly id: number
  /** As passed to {@link ModificationTable.add}. */
  readonly request: string
}

/**
 * Modifications that were accepted and are not yet applied. If the process is killed, they are applied at the next
 * start.
 */
export interface ModificationTable {
  add(datastoreId: string, request: string): void
  /** Returns the modifications of all data stores, the oldest first. */
  pending(): PendingModification[]
  count(datastoreId: string): number
  remove(id: number): void
}

/** Opens the table of modifications. */
export function openModificationTable(database: DatabaseSync): ModificationTable {
  const insert = database.prepare('INSERT INTO modifications (datastore_id, request) VALUES (?, ?)')
  const select = database.prepare('SELECT id, request FROM modifications ORDER BY id')
  const count = database.prepare('SELECT count(*) AS count FROM modifications WHERE datastore_id = ?')
  const remove = database.prepare('DELETE FROM modifications WHERE id = ?')
  return {
    add: (datastoreId, request) => void insert.run(datastoreId, request),
    pending: () => select.all().map((row) => ({ id: integerColumn(row, 'id'), request: textColumn(row, 'request') })),
    count: (datastoreId) => integerColumn(count.get(datastoreId) ?? {}, 'count'),
    remove: (id) => void remove.run(id),
  }
}
