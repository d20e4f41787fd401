import type { DatabaseSync } from 'node:sqlite'
import type { LosslessStorageFormat } from '@ahi-dicom/dicomizer'
import { createId } from './identifiers.ts'
import type { PagePosition } from './page-position.ts'
import { integerColumn, optionalText, readFound, textColumn, type Row } from './row.ts'

/** DatastoreStatus of the API's model. */
export const datastoreStatuses = ['CREATING', 'CREATE_FAILED', 'ACTIVE', 'DELETING', 'DELETED'] as const

/** Storage formats of lossless frames. */
export const losslessStorageFormats: readonly LosslessStorageFormat[] = ['HTJ2K', 'JPEG_2000_LOSSLESS']

/** A data store. */
export interface Datastore {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly losslessStorageFormat: LosslessStorageFormat
  readonly kmsKeyArn: string | undefined
  readonly lambdaAuthorizerArn: string | undefined
  /** Milliseconds since 1970, like all times in the store. */
  readonly createdAt: number
  readonly updatedAt: number
}

/** A data store to create. */
export interface NewDatastore extends Pick<Datastore, 'losslessStorageFormat'> {
  /** Default: the id. */
  readonly name?: string | undefined
  readonly kmsKeyArn?: string | undefined
  readonly lambdaAuthorizerArn?: string | undefined
  /** Identifies a repeated request. */
  readonly clientToken?: string | undefined
  readonly now: number
}

/** The data stores in a folder. */
export interface DatastoreTable {
  create(datastore: NewDatastore): Datastore
  get(datastoreId: string): Datastore | undefined
  ofClientToken(clientToken: string): Datastore | undefined
  /** Returns the number of data stores that are not deleted. */
  count(): number
  setStatus(datastoreId: string, change: { readonly status: string; readonly now: number }): void
  /** Returns a page, the oldest first. `after` is the last one of the previous page. */
  list(page: {
    readonly status?: string | undefined
    readonly after?: PagePosition | undefined
    readonly limit: number
  }): Datastore[]
}

/** Opens the table of data stores. */
export function openDatastoreTable(database: DatabaseSync): DatastoreTable {
  const columns = `SELECT * FROM datastores LEFT JOIN datastore_requests ON datastore_id = id`
  const insert = database.prepare(
    `INSERT INTO datastores (id, name, status, lossless_storage_format, created_at, updated_at)
     VALUES (:id, :name, :status, :losslessStorageFormat, :createdAt, :updatedAt)`,
  )
  const insertRequest = database.prepare(
    `INSERT INTO datastore_requests (datastore_id, client_token, kms_key_arn, lambda_authorizer_arn)
     VALUES (:id, :clientToken, :kmsKeyArn, :lambdaAuthorizerArn)`,
  )
  const select = database.prepare(`${columns} WHERE id = ?`)
  const selectOfToken = database.prepare(`${columns} WHERE client_token = ?`)
  const countAll = database.prepare(`SELECT count(*) AS count FROM datastores WHERE status <> 'DELETED'`)
  const update = database.prepare('UPDATE datastores SET status = :status, updated_at = :now WHERE id = :id')
  const selectPage = database.prepare(
    `${columns}
     WHERE (:status IS NULL OR status = :status) AND (created_at, id) > (:value, :id)
     ORDER BY created_at, id LIMIT :limit`,
  )
  return {
    create({ clientToken, now, kmsKeyArn, lambdaAuthorizerArn, losslessStorageFormat, ...given }) {
      const id = createId()
      const datastore = {
        id,
        name: given.name ?? id,
        status: 'ACTIVE',
        losslessStorageFormat,
        createdAt: now,
        updatedAt: now,
      }
      insert.run(datastore)
      const arns = { kmsKeyArn: kmsKeyArn ?? null, lambdaAuthorizerArn: lambdaAuthorizerArn ?? null }
      if (clientToken !== undefined) insertRequest.run({ id, clientToken, ...arns })
      return { ...datastore, kmsKeyArn, lambdaAuthorizerArn }
    },
    get: (datastoreId) => readFound(select.get(datastoreId), readDatastore),
    ofClientToken: (clientToken) => readFound(selectOfToken.get(clientToken), readDatastore),
    count: () => integerColumn(countAll.get() ?? {}, 'count'),
    setStatus: (id, { status, now }) => void update.run({ id, status, now }),
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
    kmsKeyArn: optionalText(row, 'kms_key_arn'),
    lambdaAuthorizerArn: optionalText(row, 'lambda_authorizer_arn'),
    createdAt: integerColumn(row, 'created_at'),
    updatedAt: integerColumn(row, 'updated_at'),
  }
}

function readFormat(text: string): LosslessStorageFormat {
  if (text === 'HTJ2K' || text === 'JPEG_2000_LOSSLESS') return text
  throw new TypeError(`Cannot read a data store: its lossless storage format ${text} is not known`)
}
