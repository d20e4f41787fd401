import type { MetadataTree } from './metadata-tree.ts'

/** An accepted copy, update or deletion. It contains everything that is needed to apply it, even after a restart. */
export type Modification = CopyModification | UpdateModification | DeleteModification

/** A version of an image set: the one that a modification creates, or the one that it reads. */
interface VersionPlace {
  readonly imageSetId: string
  readonly version: number
}

/** An accepted copy. */
export interface CopyModification {
  readonly kind: 'copy'
  readonly datastoreId: string
  /** With the status and message to restore when the copy has ended. */
  readonly source: VersionPlace & { readonly workflowStatus: string; readonly message?: string | undefined }
  readonly destination: VersionPlace & { readonly isNew: boolean; readonly isPrimary: boolean }
  /** Instances to copy, by series. `undefined` for all. */
  readonly selection?: Readonly<Record<string, readonly string[]>> | undefined
  readonly isForced: boolean
}

/** An accepted update. */
export interface UpdateModification {
  readonly kind: 'update'
  readonly datastoreId: string
  readonly target: VersionPlace
  /** Primary image sets of the same study that get the same changes. */
  readonly others: readonly VersionPlace[]
  readonly updates: MetadataUpdates
}

/** The contents of an update: attribute changes, or a revert to an earlier version. */
export type MetadataUpdates =
  | { readonly removable?: MetadataTree | undefined; readonly updatable?: MetadataTree | undefined }
  | { readonly revertToVersion: number }

/** An accepted deletion. */
export interface DeleteModification {
  readonly kind: 'delete'
  readonly datastoreId: string
  readonly imageSetId: string
  /** The status to restore if the deletion fails. */
  readonly workflowStatus: string
}

/** An accepted modification cannot be applied. The message is the one that GetImageSet returns. */
export class ModificationError extends Error {
  override readonly name = 'ModificationError'
  readonly code = 'MODIFICATION_FAILED'

  /** @param reason only characters of the model's pattern `[\w -:`]+` */
  constructor(reason: string) {
    super(`INVALID_REQUEST: ${reason}`)
  }
}

/** Parses a modification from the store. Its contents are trusted, because only this package writes them. */
export function parseModification(request: string): Modification {
  return JSON.parse(request)
}
