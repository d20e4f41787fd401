import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from './open-database.ts'
import { integerColumn } from './row.ts'

/** The times when image sets were last accessed. */
export interface AccessTimes {
  touch(imageSetId: string, now: number): void
  /** Returns milliseconds since 1970, or `undefined` if the image set was never accessed. */
  of(imageSetId: string): number | undefined
  /** Forgets a deleted image set. Its row in the database is deleted separately. */
  forget(imageSetId: string): void
  /** Writes recent accesses to the database. */
  flush(): void
}

/**
 * Accesses are written together, because frames are read thousands of times per second. A killed process loses the
 * accesses of this interval.
 */
const flushAfterMs = 5000

/** Opens the table of access times. */
export function openAccessTimes(database: DatabaseSync): AccessTimes {
  const select = database.prepare('SELECT accessed_at FROM image_set_accesses WHERE image_set_id = ?')
  // Skips image sets that were deleted in the meantime.
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
