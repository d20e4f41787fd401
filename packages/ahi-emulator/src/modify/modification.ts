import type { MetadataTree } from './metadata-tree.ts'

/** A copy, an update or a deletion that was accepted: everything that is needed to do it, also after a restart. */
export type Modification = CopyModification | UpdateModification | DeleteModification

/** An image set in the version that a modification makes of it, or found. */
interface VersionPlace {
  readonly imageSetId: string
  readonly version: number
}

/** What CopyImageSet accepted. */
export interface CopyModification {
  readonly kind: 'copy'
  readonly datastoreId: string
  /** With the workflow status that it has again when the copy is done. */
  readonly source: VersionPlace & { readonly workflowStatus: string; readonly message?: string | undefined }
  readonly destination: VersionPlace & { readonly isNew: boolean; readonly isPrimary: boolean }
  /** Instances to copy by series, where not all are meant. */
  readonly selection?: Readonly<Record<string, readonly string[]>> | undefined
  readonly isForced: boolean
}

/** What UpdateImageSetMetadata accepted. */
export interface UpdateModification {
  readonly kind: 'update'
  readonly datastoreId: string
  readonly target: VersionPlace
  /** Primary image sets of the same study that get the same changes. */
  readonly others: readonly VersionPlace[]
  readonly updates: MetadataUpdates
}

/** What an update does: attribute changes, or the document of an earlier version. */
export type MetadataUpdates =
  | { readonly removable?: MetadataTree | undefined; readonly updatable?: MetadataTree | undefined }
  | { readonly revertToVersion: number }

/** What DeleteImageSet accepted. */
export interface DeleteModification {
  readonly kind: 'delete'
  readonly datastoreId: string
  readonly imageSetId: string
  /** The one that it has again where it cannot be deleted. */
  readonly workflowStatus: string
}

/** Why a modification that was accepted cannot be done: the message of GetImageSet. */
export class ModificationError extends Error {
  override readonly name = 'ModificationError'
  readonly code = 'MODIFICATION_FAILED'

  /** @param reason in characters of the model's pattern `[\w -:`]+` */
  constructor(reason: string) {
    super(`INVALID_REQUEST: ${reason}`)
  }
}

/** Reads back what the table of modifications has: written by this package alone. */
export function parseModification(request: string): Modification {
  return JSON.parse(request)
}
