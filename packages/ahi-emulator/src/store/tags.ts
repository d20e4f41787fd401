import type { DatabaseSync } from 'node:sqlite'
import { textColumn } from './row.ts'

/** Tag values by key. */
export type Tags = Readonly<Record<string, string>>

/** Tags of data stores and image sets, by ARN. */
export interface TagTable {
  of(resourceArn: string): Tags
  /** Adds tags. Replaces existing tags with the same keys. */
  add(resourceArn: string, tags: Tags): void
  remove(resourceArn: string, keys: readonly string[]): void
}

/** Opens the table of tags. */
export function openTagTable(database: DatabaseSync): TagTable {
  const select = database.prepare('SELECT key, value FROM tags WHERE resource_arn = ? ORDER BY key')
  const insert = database.prepare('INSERT OR REPLACE INTO tags (resource_arn, key, value) VALUES (?, ?, ?)')
  const remove = database.prepare('DELETE FROM tags WHERE resource_arn = ? AND key = ?')
  return {
    of: (arn) => Object.fromEntries(select.all(arn).map((row) => [textColumn(row, 'key'), textColumn(row, 'value')])),
    add(arn, tags) {
      for (const [key, value] of Object.entries(tags)) insert.run(arn, key, value)
    },
    remove(arn, keys) {
      for (const key of keys) remove.run(arn, key)
    },
  }
}
