import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DataFolderError } from '../errors.ts'
import { migrations } from './migrations.ts'
import { integerColumn } from './row.ts'
import { schema, schemaVersion } from './schema.ts'

const databaseFile = 'ahi-emulator.sqlite'

/**
 * Opens the database of a data folder, making both where they do not exist. SQLite's own exclusive lock keeps a second
 * process out; the operating system drops it with the process, however that ends.
 * @throws {DataFolderError} where the folder cannot be used, or another process has it
 */
export function openDatabase(folder: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    mkdirSync(folder, { recursive: true })
    database = new DatabaseSync(join(folder, databaseFile))
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON')
    database.exec('PRAGMA cache_size = -16384; PRAGMA synchronous = FULL; BEGIN EXCLUSIVE; COMMIT')
    prepareSchema(database, folder)
    return database
  } catch (cause) {
    database?.close()
    throw cause instanceof DataFolderError ? cause : openingError(folder, cause)
  }
}

/** Runs `write` in one transaction: all of it counts, or nothing. */
export function inTransaction<Result>(database: DatabaseSync, write: () => Result): Result {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = write()
    database.exec('COMMIT')
    return result
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

function prepareSchema(database: DatabaseSync, folder: string): void {
  const row = database.prepare('PRAGMA user_version').get() ?? {}
  const version = integerColumn(row, 'user_version')
  const latest = schemaVersion + migrations.length
  if (version === latest) return
  if (version > latest) {
    throw new DataFolderError(folder, `it was written by a newer version of the emulator (schema ${version})`)
  }
  inTransaction(database, () => {
    database.exec(schema)
    for (const migrate of migrations.slice(Math.max(version - schemaVersion, 0))) migrate(database, folder)
    database.exec(`PRAGMA user_version = ${latest}`)
  })
}

function openingError(folder: string, cause: unknown): DataFolderError {
  const message = cause instanceof Error ? cause.message : String(cause)
  if (/database is locked/.test(message)) {
    return new DataFolderError(folder, 'another process has it open; stop that one, or name another folder', {
      cause,
      code: 'DATA_FOLDER_IN_USE',
    })
  }
  return new DataFolderError(folder, `${message}; name a folder that can be written to`, { cause })
}
