import type { KeyMap } from './plain-data-map.ts'
import { openTemporaryDatabase, writeTemporary } from './temporary-database.ts'

/** Number of entries in one query. */
const pageEntries = 512

const schema = 'CREATE TABLE map (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID'

/** Creates an empty map in a temporary database. Returns undefined if this runtime has no SQLite. */
export function createTemporaryTable<Value>(cacheBytes: number): KeyMap<Value> | undefined {
  const database = openTemporaryDatabase({ schema, cacheBytes })
  if (database === undefined) return undefined
  const statements = {
    get: database.prepare('SELECT value FROM map WHERE key = ?'),
    insert: database.prepare('INSERT OR IGNORE INTO map VALUES (?, ?)'),
    update: database.prepare('UPDATE map SET value = ? WHERE key = ?'),
    remove: database.prepare('DELETE FROM map WHERE key = ?'),
    firstPage: database.prepare('SELECT key, value FROM map ORDER BY key LIMIT ?'),
    nextPage: database.prepare('SELECT key, value FROM map WHERE key > ? ORDER BY key LIMIT ?'),
  }
  let size = 0

  function add(key: string, value: Value): boolean {
    const isNew = writeTemporary(() => statements.insert.run(encoded(key), JSON.stringify(value))) > 0
    if (isNew) size += 1
    return isNew
  }

  function* entries(): Generator<readonly [string, Value]> {
    let last: string | undefined
    for (;;) {
      const { firstPage, nextPage } = statements
      const page = last === undefined ? firstPage.all(pageEntries) : nextPage.all(last, pageEntries)
      for (const { key, value } of page) {
        last = String(key)
        yield [JSON.parse(last), JSON.parse(String(value))]
      }
      if (page.length < pageEntries) return
    }
  }

  return {
    get size() {
      return size
    },
    get(key) {
      const row = statements.get.get(encoded(key))
      return row && JSON.parse(String(row['value']))
    },
    has: (key) => statements.get.get(encoded(key)) !== undefined,
    set(key, value) {
      if (!add(key, value)) writeTemporary(() => statements.update.run(JSON.stringify(value), encoded(key)))
    },
    add,
    delete(key) {
      const wasThere = writeTemporary(() => statements.remove.run(encoded(key))) > 0
      if (wasThere) size -= 1
      return wasThere
    },
    entries,
    sortedEntries: entries,
    // Also keeps a reference to the database. Statements have none, so it would be garbage-collected without this.
    [Symbol.dispose]: () => database.close(),
  }
}

/** Escapes a key as JSON, because some versions of SQLite or Node.js lose NUL and lone surrogates. */
function encoded(key: string): string {
  return JSON.stringify(key)
}
