import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DataFolderError } from '../errors.ts'
import { migrations } from './migrations.ts'
import { integerColumn } from './row.ts'
import { schema, schemaVersion } from './schema.ts'

const databaseFile = 'ahi-emulator.sqlite'

/**
 * Opens the database of a data folder. Creates both if they do not exist. SQLite's exclusive lock keeps other processes
 * out. The operating system releases it when the process ends, even if it is killed.
 * @throws {DataFolderError} if the folder cannot be used, or another process has it open
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

/** Runs `write` in one transaction. If it throws, nothing is changed. */
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
    return new DataFolderError(folder, 'another process has it open; stop that process, or use another folder', {
      cause,
      code: 'DATA_FOLDER_IN_USE',
    })
  }
  return new DataFolderError(folder, `${message}; use a folder that can be written to`, { cause })
}
