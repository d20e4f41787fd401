import type { DatabaseSync } from 'node:sqlite'
import { integerColumn, optionalInteger, optionalText, readFound, textColumn, type Row } from './row.ts'

/** The properties of a version that GetImageSet and ListImageSetVersions return. */
export interface VersionProperties {
  readonly imageSetId: string
  readonly version: number
  readonly state: string
  readonly workflowStatus: string
  readonly isPrimary: boolean
  /** True if a copy or an update created it with `force`. */
  readonly isForced: boolean
  readonly message: string | undefined
  readonly createdAt: number
  readonly updatedAt: number
  readonly deletedAt: number | undefined
}

/** One version of an image set. */
export interface ImageSetVersion extends VersionProperties {
  /** Path of the gzipped metadata document, relative to the data folder. */
  readonly documentPath: string
}

/** Versions of image sets. Writes take part in the caller's transaction. */
export interface VersionTable {
  version(imageSetId: string, version: number): ImageSetVersion | undefined
  /** Returns a page, the newest first. `before` is the last version of the previous page. */
  versions(
    imageSetId: string,
    page: { readonly before?: number | undefined; readonly limit: number },
  ): ImageSetVersion[]
  addVersion(version: ImageSetVersion): void
  /** Updates the state, workflow status, message, time of update and document of a version. */
  changeVersion(version: ImageSetVersion): void
}

const selectVersions = `
SELECT image_set_versions.*, forced_versions.version IS NOT NULL AS is_forced
FROM image_set_versions LEFT JOIN forced_versions USING (image_set_id, version)`

/** Opens the table of versions. */
export function openVersionTable(database: DatabaseSync): VersionTable {
  const select = database.prepare(`${selectVersions} WHERE image_set_id = ? AND version = ?`)
  const selectPage = database.prepare(
    `${selectVersions} WHERE image_set_id = ? AND version < ? ORDER BY version DESC LIMIT ?`,
  )
  const insert = database.prepare(
    `INSERT INTO image_set_versions (
       image_set_id, version, state, workflow_status, is_primary, message, created_at, updated_at, deleted_at,
       document_path
     ) VALUES (
       :imageSetId, :version, :state, :workflowStatus, :isPrimary, :message, :createdAt, :updatedAt, :deletedAt,
       :documentPath
     )`,
  )
  const insertForced = database.prepare('INSERT INTO forced_versions (image_set_id, version) VALUES (?, ?)')
  const update = database.prepare(
    `UPDATE image_set_versions SET
       state = ?, workflow_status = ?, message = ?, updated_at = ?, document_path = ?
     WHERE image_set_id = ? AND version = ?`,
  )
  return {
    version: (imageSetId, version) => readFound(select.get(imageSetId, version), readVersion),
    versions: (imageSetId, { before, limit }) =>
      selectPage.all(imageSetId, before ?? Number.MAX_SAFE_INTEGER, limit).map(readVersion),
    addVersion({ isForced, isPrimary, message, deletedAt, ...columns }) {
      const nullable = { message: message ?? null, deletedAt: deletedAt ?? null }
      insert.run({ ...columns, ...nullable, isPrimary: Number(isPrimary) })
      if (isForced) insertForced.run(columns.imageSetId, columns.version)
    },
    changeVersion({ imageSetId, version, state, workflowStatus, message, updatedAt, documentPath }) {
      update.run(state, workflowStatus, message ?? null, updatedAt, documentPath, imageSetId, version)
    },
  }
}

/** Reads the columns that the tables of listed and unlisted versions share. */
export function readVersionProperties(row: Row): VersionProperties {
  return {
    imageSetId: textColumn(row, 'image_set_id'),
    version: integerColumn(row, 'version'),
    state: textColumn(row, 'state'),
    workflowStatus: textColumn(row, 'workflow_status'),
    isPrimary: integerColumn(row, 'is_primary') === 1,
    isForced: integerColumn(row, 'is_forced') === 1,
    message: optionalText(row, 'message'),
    createdAt: integerColumn(row, 'created_at'),
    updatedAt: integerColumn(row, 'updated_at'),
    deletedAt: optionalInteger(row, 'deleted_at'),
  }
}

function readVersion(row: Row): ImageSetVersion {
  return { ...readVersionProperties(row), documentPath: textColumn(row, 'document_path') }
}
