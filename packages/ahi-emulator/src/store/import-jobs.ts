import type { DatabaseSync } from 'node:sqlite'
import type { PagePosition } from './page-position.ts'
import { integerColumn, optionalInteger, optionalText, readFound, textColumn, type Row } from './row.ts'

/** JobStatus of the API's model. */
export const jobStatuses = ['SUBMITTED', 'IN_PROGRESS', 'COMPLETED', 'FAILED'] as const

/** JobStatus of the API's model. */
type JobStatus = (typeof jobStatuses)[number]

/** A metadata file of an import job, with the members of the API's model. */
export interface MetadataMapping {
  readonly studyInstanceUID: string
  readonly seriesInstanceUID?: string
  readonly metadataFilePath: string
}

/** An import job. */
export interface ImportJob {
  readonly id: string
  readonly datastoreId: string
  readonly name: string
  readonly status: JobStatus
  readonly dataAccessRoleArn: string
  readonly inputS3Uri: string
  /** The job's own folder within the requested output folder. */
  readonly outputS3Uri: string
  /** Metadata files to use, or `undefined`. */
  readonly metadataMappings: readonly MetadataMapping[] | undefined
  readonly submittedAt: number
  readonly endedAt: number | undefined
  readonly message: string | undefined
}

/** An import job to create. */
export interface NewImportJob extends Omit<ImportJob, 'status' | 'endedAt' | 'message'> {
  readonly clientToken: string
}

/** The import jobs in a folder. */
export interface ImportJobTable {
  create(job: NewImportJob): void
  get(datastoreId: string, jobId: string): ImportJob | undefined
  ofClientToken(clientToken: string): ImportJob | undefined
  /** Returns a page, the newest first. `after` is the last one of the previous page. */
  list(page: {
    readonly datastoreId: string
    readonly status?: JobStatus | undefined
    readonly after?: PagePosition | undefined
    readonly limit: number
  }): ImportJob[]
  countUnfinished(datastoreId: string): number
  setStatus(
    jobId: string,
    change: { readonly status: JobStatus; readonly endedAt?: number; readonly message?: string | undefined },
  ): void
  /** Marks jobs as failed that an earlier process left unfinished. */
  failUnfinished(change: { readonly endedAt: number; readonly message: string }): void
}

/** Opens the table of import jobs. */
export function openImportJobTable(database: DatabaseSync): ImportJobTable {
  const insert = database.prepare(
    `INSERT INTO import_jobs (id, datastore_id, name, status, data_access_role_arn, input_uri, output_uri, client_token, submitted_at, metadata_mappings)
     VALUES (:id, :datastoreId, :name, 'SUBMITTED', :dataAccessRoleArn, :inputS3Uri, :outputS3Uri, :clientToken, :submittedAt, :metadataMappings)`,
  )
  const select = database.prepare('SELECT * FROM import_jobs WHERE datastore_id = ? AND id = ?')
  const selectOfToken = database.prepare('SELECT * FROM import_jobs WHERE client_token = ?')
  const selectPage = database.prepare(
    `SELECT * FROM import_jobs
     WHERE datastore_id = :datastoreId AND (:status IS NULL OR status = :status) AND (submitted_at, id) < (:value, :id)
     ORDER BY submitted_at DESC, id DESC LIMIT :limit`,
  )
  const unfinished = `status IN ('SUBMITTED', 'IN_PROGRESS')`
  const count = database.prepare(`SELECT count(*) AS count FROM import_jobs WHERE datastore_id = ? AND ${unfinished}`)
  const update = database.prepare(
    'UPDATE import_jobs SET status = :status, ended_at = :endedAt, message = :message WHERE id = :id',
  )
  const fail = database.prepare(
    `UPDATE import_jobs SET status = 'FAILED', ended_at = :endedAt, message = :message WHERE ${unfinished}`,
  )
  return {
    create: ({ metadataMappings, ...job }) =>
      void insert.run({ ...job, metadataMappings: JSON.stringify(metadataMappings) ?? null }),
    get: (datastoreId, jobId) => readFound(select.get(datastoreId, jobId), readJob),
    ofClientToken: (clientToken) => readFound(selectOfToken.get(clientToken), readJob),
    list({ datastoreId, status, after, limit }) {
      const { value, id } = after ?? { value: Number.MAX_SAFE_INTEGER, id: '' }
      return selectPage.all({ datastoreId, status: status ?? null, value, id, limit }).map(readJob)
    },
    countUnfinished: (datastoreId) => integerColumn(count.get(datastoreId) ?? {}, 'count'),
    setStatus: (id, { status, endedAt, message }) =>
      void update.run({ id, status, endedAt: endedAt ?? null, message: message ?? null }),
    failUnfinished: (change) => void fail.run({ ...change }),
  }
}

function readJob(row: Row): ImportJob {
  return {
    id: textColumn(row, 'id'),
    datastoreId: textColumn(row, 'datastore_id'),
    name: textColumn(row, 'name'),
    status: readStatus(textColumn(row, 'status')),
    dataAccessRoleArn: textColumn(row, 'data_access_role_arn'),
    inputS3Uri: textColumn(row, 'input_uri'),
    outputS3Uri: textColumn(row, 'output_uri'),
    metadataMappings: readMappings(optionalText(row, 'metadata_mappings')),
    submittedAt: integerColumn(row, 'submitted_at'),
    endedAt: optionalInteger(row, 'ended_at'),
    message: optionalText(row, 'message'),
  }
}

/** Parses the metadata mappings. They are trusted, because only this package writes them. */
function readMappings(text: string | undefined): readonly MetadataMapping[] | undefined {
  return text === undefined ? undefined : JSON.parse(text)
}

function readStatus(text: string): JobStatus {
  const status = jobStatuses.find((candidate) => candidate === text)
  if (status === undefined) throw new TypeError(`Cannot read an import job: its status ${text} is not known`)
  return status
}
