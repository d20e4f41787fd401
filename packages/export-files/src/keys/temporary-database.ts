import type * as sqlite from 'node:sqlite'
import { OutputError } from '../errors.ts'

/** How a temporary database is laid out. */
export interface TemporaryDatabaseOptions {
  /** Statements that create its tables. */
  readonly schema: string
  /** How much of it is in memory. Default: what SQLite takes, 2 MiB. */
  readonly cacheBytes?: number | undefined
}

/**
 * Opens an empty private database in the temporary folder. SQLite removes it when it is closed or the process ends. Nothing in
 * it is ever rolled back, and nothing is left after a crash. Returns undefined if this runtime has no SQLite.
 *
 * @example
 * import { openTemporaryDatabase } from '@ahi-dicom/export-files'
 *
 * const database = openTemporaryDatabase({ schema: 'CREATE TABLE uids (uid TEXT PRIMARY KEY)' })
 * database?.prepare('INSERT INTO uids VALUES (?)').run('1.2.3')
 * database?.close()
 */
export function openTemporaryDatabase({
  schema,
  cacheBytes,
}: TemporaryDatabaseOptions): sqlite.DatabaseSync | undefined {
  const loaded = loadQuietly()
  if (loaded === undefined) return undefined
  // The empty name stands for such a database.
  const database = new loaded.DatabaseSync('')
  database.exec(`
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA locking_mode = EXCLUSIVE;
    ${cacheBytes === undefined ? '' : `PRAGMA cache_size = -${Math.ceil(cacheBytes / 1024)};`}
    ${schema};
    BEGIN;
  `)
  return database
}

/**
 * Runs a statement that writes to a temporary database, and returns how many rows it changed.
 * @throws {OutputError} `OUTPUT_DISK_FULL` if the temporary folder has no room
 * @example
 * import { openTemporaryDatabase, writeTemporary } from '@ahi-dicom/export-files'
 *
 * const database = openTemporaryDatabase({ schema: 'CREATE TABLE uids (uid TEXT PRIMARY KEY)' })
 * const insert = database?.prepare('INSERT INTO uids VALUES (?)')
 * if (insert !== undefined) console.log(writeTemporary(() => insert.run('1.2.3'))) // 1
 * database?.close()
 */
export function writeTemporary(write: () => { readonly changes: number | bigint }): number {
  try {
    return Number(write().changes)
  } catch (cause) {
    const message =
      'Cannot write to the temporary folder, which holds what an export has to remember: free some space there, or ' +
      "name another folder by the environment variable SQLITE_TMPDIR; then resume the export (mode 'resume')"
    throw new OutputError('OUTPUT_DISK_FULL', message, { path: '', cause })
  }
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
