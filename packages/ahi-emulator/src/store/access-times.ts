import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from './open-database.ts'
import { integerColumn } from './row.ts'

/** When image sets were last read. */
export interface AccessTimes {
  touch(imageSetId: string, now: number): void
  /** Milliseconds since 1970; `undefined` for an image set that was never read. */
  of(imageSetId: string): number | undefined
  /** Forgets an image set that is deleted. The database forgets it with its row. */
  forget(imageSetId: string): void
  /** Writes what was touched to the database. */
  flush(): void
}

/** Frames come by thousands a second: they are written together. A process that is killed loses so much. */
const flushAfterMs = 5000

/** Opens the table of access times. */
export function openAccessTimes(database: DatabaseSync): AccessTimes {
  const select = database.prepare('SELECT accessed_at FROM image_set_accesses WHERE image_set_id = ?')
  // An image set may have been deleted meanwhile.
  const save = database.prepare(
    `INSERT OR REPLACE INTO image_set_accesses (image_set_id, accessed_at)
     SELECT id, ? FROM image_sets WHERE id = ?`,
  )
  const touched = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (touched.size === 0) return
    inTransaction(database, () => {
      for (const [imageSetId, accessedAt] of touched) save.run(accessedAt, imageSetId)
    })
    touched.clear()
  }

  return {
    flush,
    touch(imageSetId, now) {
      touched.set(imageSetId, now)
      timer ??= setTimeout(flush, flushAfterMs).unref()
    },
    forget: (imageSetId) => void touched.delete(imageSetId),
    of(imageSetId) {
      const row = touched.has(imageSetId) ? undefined : select.get(imageSetId)
      return row === undefined ? touched.get(imageSetId) : integerColumn(row, 'accessed_at')
    },
  }
}
