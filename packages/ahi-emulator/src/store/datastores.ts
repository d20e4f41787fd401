import type { DatabaseSync } from 'node:sqlite'
import type { LosslessStorageFormat } from '@ahi-dicom/dicomizer'
import { createId } from '../identifiers.ts'
import type { PagePosition } from './page-position.ts'
import { integerColumn, textColumn } from './row.ts'
import type { Row } from './row.ts'

/** DatastoreStatus of the API's model. */
export const DATASTORE_STATUSES = ['CREATING', 'CREATE_FAILED', 'ACTIVE', 'DELETING', 'DELETED'] as const

/** A data store. */
export interface Datastore {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly losslessStorageFormat: LosslessStorageFormat
  /** Milliseconds since 1970, as all times of the store. */
  readonly createdAt: number
  readonly updatedAt: number
}

/** Data stores of a folder. */
export interface DatastoreTable {
  create(options: {
    readonly name: string
    readonly losslessStorageFormat: LosslessStorageFormat
    readonly now: number
  }): Datastore
  get(datastoreId: string): Datastore | undefined
  /** The oldest first; `after` is the last one of the page before. */
  list(page: {
    readonly status?: string | undefined
    readonly after?: PagePosition | undefined
    readonly limit: number
  }): Datastore[]
}

/** Opens the table of data stores. */
export function datastoreTable(database: DatabaseSync): DatastoreTable {
  const insert = database.prepare(
    `INSERT INTO datastores (id, name, status, lossless_storage_format, created_at, updated_at)
     VALUES (:id, :name, :status, :losslessStorageFormat, :createdAt, :updatedAt)`,
  )
  const select = database.prepare('SELECT * FROM datastores WHERE id = ?')
  const selectPage = database.prepare(
    `SELECT * FROM datastores
     WHERE (:status IS NULL OR status = :status) AND (created_at, id) > (:value, :id)
     ORDER BY created_at, id LIMIT :limit`,
  )
  return {
    create({ name, losslessStorageFormat, now }) {
      const datastore = {
        id: createId(),
        name,
        status: 'ACTIVE',
        losslessStorageFormat,
        createdAt: now,
        updatedAt: now,
      }
      insert.run(datastore)
      return datastore
    },
    get(datastoreId) {
      const row = select.get(datastoreId)
      return row === undefined ? undefined : readDatastore(row)
    },
    list({ status, after, limit }) {
      const { value, id } = after ?? { value: -1, id: '' }
      return selectPage.all({ status: status ?? null, value, id, limit }).map(readDatastore)
    },
  }
}

function readDatastore(row: Row): Datastore {
  return {
    id: textColumn(row, 'id'),
    name: textColumn(row, 'name'),
    status: textColumn(row, 'status'),
    losslessStorageFormat: readFormat(textColumn(row, 'lossless_storage_format')),
    createdAt: integerColumn(row, 'created_at'),
    updatedAt: integerColumn(row, 'updated_at'),
  }
}

function readFormat(text: string): LosslessStorageFormat {
  if (text === 'HTJ2K' || text === 'JPEG_2000_LOSSLESS') return text
  throw new TypeError(`Cannot read a data store: its lossless storage format ${text} is not known`)
}
