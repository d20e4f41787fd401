import type * as sqlite from 'node:sqlite'
import { OutputError } from '../errors.ts'
import type { KeyMap } from './plain-data-map.ts'

/** Entries that are read at a time. */
const pageEntries = 512

/**
 * Makes an empty map in a private temporary database, which SQLite removes when it is closed or the process ends.
 * `cacheBytes` of it are in memory. Returns undefined if this runtime has no SQLite.
 */
export function createTemporaryTable<Value>(cacheBytes: number): KeyMap<Value> | undefined {
  const database = openDatabase(cacheBytes)
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
    const isNew = written(() => statements.insert.run(encoded(key), JSON.stringify(value))) > 0
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
      if (!add(key, value)) written(() => statements.update.run(JSON.stringify(value), encoded(key)))
    },
    add,
    delete(key) {
      const wasThere = written(() => statements.remove.run(encoded(key))) > 0
      if (wasThere) size -= 1
      return wasThere
    },
    entries,
    // The statements do not hold the database: they would be of no use once it is collected.
    [Symbol.dispose]: () => database.close(),
  }
}

/** Returns a key without the characters that some version of SQLite or Node.js loses: NUL and halves of pairs. */
function encoded(key: string): string {
  return JSON.stringify(key)
}

function openDatabase(cacheBytes: number): sqlite.DatabaseSync | undefined {
  const loaded = loadQuietly()
  if (loaded === undefined) return undefined
  const database = new loaded.DatabaseSync('')
  // Nothing is ever rolled back, and nothing is left after a crash.
  database.exec(`
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA cache_size = -${Math.ceil(cacheBytes / 1024)};
    CREATE TABLE map (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    BEGIN;
  `)
  return database
}

/** Loads SQLite without the warning of Node.js that it is experimental: nobody who runs an export can do anything about it. */
function loadQuietly(): typeof sqlite | undefined {
  const emitWarning: unknown = Reflect.get(process, 'emitWarning')
  process.emitWarning = () => {}
  try {
    return process.getBuiltinModule('node:sqlite')
  } finally {
    Reflect.set(process, 'emitWarning', emitWarning)
  }
}

function written(write: () => { readonly changes: number | bigint }): number {
  try {
    return Number(write().changes)
  } catch (cause) {
    const message =
      'Cannot write to the temporary folder, which holds what an export has to remember: free some space there, or ' +
      "name another folder by the environment variable SQLITE_TMPDIR; then resume the export (mode 'resume')"
    throw new OutputError('OUTPUT_DISK_FULL', message, { path: '', cause })
  }
}
