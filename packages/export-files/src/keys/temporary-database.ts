import type * as sqlite from 'node:sqlite'
import { OutputError } from '../errors.ts'

/** Options of {@link openTemporaryDatabase}. */
export interface TemporaryDatabaseOptions {
  /** Statements that create its tables. */
  readonly schema: string
  /** Size of SQLite's page cache in bytes. Default 2 MiB. */
  readonly cacheBytes?: number | undefined
}

/**
 * Opens an empty private database in the temporary folder, or returns undefined if this runtime has no SQLite. SQLite
 * removes the database when it is closed or the process ends. Changes cannot be rolled back.
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
  // SQLite opens a temporary database on disk for an empty name.
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
      'Cannot write to the temporary folder, where an export keeps its indexes: free some space there, or set the ' +
      "environment variable SQLITE_TMPDIR to another folder; then resume the export (mode 'resume')"
    throw new OutputError('OUTPUT_DISK_FULL', message, { path: '', cause })
  }
}

/** Loads SQLite without the warning of Node.js that it is experimental. A user cannot act on that warning. */
function loadQuietly(): typeof sqlite | undefined {
  const emitWarning: unknown = Reflect.get(process, 'emitWarning')
  process.emitWarning = () => {}
  try {
    return process.getBuiltinModule('node:sqlite')
  } finally {
    Reflect.set(process, 'emitWarning', emitWarning)
  }
}
