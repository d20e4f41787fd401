import type { DatabaseSync } from 'node:sqlite'
import { readVersionProperties, type VersionProperties } from './version-table.ts'

/**
 * Versions of image sets without content: deleted ones, and destinations of copies that are in progress or have failed.
 * Searches and imports do not see them. Writes take part in the caller's transaction.
 */
export interface UnlistedVersionTable {
  /** Returns a page, the newest first. `before` is the last version of the previous page. */
  versions(
    place: { readonly datastoreId: string; readonly imageSetId: string },
    page: { readonly before?: number | undefined; readonly limit: number },
  ): VersionProperties[]
  /** Adds or updates a version. */
  save(datastoreId: string, version: VersionProperties): void
  /** Forgets an image set that now has content. */
  remove(imageSetId: string): void
}

/** Opens the table of unlisted versions. */
export function openUnlistedVersionTable(database: DatabaseSync): UnlistedVersionTable {
  const selectPage = database.prepare(
    `SELECT * FROM unlisted_versions WHERE image_set_id = ? AND version < ? AND datastore_id = ?
     ORDER BY version DESC LIMIT ?`,
  )
  const save = database.prepare(
    `INSERT OR REPLACE INTO unlisted_versions (
       image_set_id, version, datastore_id, state, workflow_status, is_primary, is_forced, message, created_at,
       updated_at, deleted_at
     ) VALUES (
       :imageSetId, :version, :datastoreId, :state, :workflowStatus, :isPrimary, :isForced, :message, :createdAt,
       :updatedAt, :deletedAt
     )`,
  )
  const remove = database.prepare('DELETE FROM unlisted_versions WHERE image_set_id = ?')
  return {
    versions: ({ datastoreId, imageSetId }, { before, limit }) =>
      selectPage.all(imageSetId, before ?? Number.MAX_SAFE_INTEGER, datastoreId, limit).map(readVersionProperties),
    save(datastoreId, version) {
      const { imageSetId, state, workflowStatus, isPrimary, isForced, message, deletedAt } = version
      save.run({
        imageSetId,
        version: version.version,
        datastoreId,
        state,
        workflowStatus,
        isPrimary: Number(isPrimary),
        isForced: Number(isForced),
        message: message ?? null,
        createdAt: version.createdAt,
        updatedAt: version.updatedAt,
        deletedAt: deletedAt ?? null,
      })
    },
    remove: (imageSetId) => void remove.run(imageSetId),
  }
}
