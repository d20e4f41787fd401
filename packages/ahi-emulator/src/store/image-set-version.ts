import type { ImageSet } from './image-sets.ts'
import type { ImageSetVersion } from './version-table.ts'

/** The latest version of an image set that was imported, without its document. */
export function versionOf(imageSet: ImageSet): Omit<ImageSetVersion, 'documentPath'> {
  return {
    imageSetId: imageSet.id,
    version: imageSet.latestVersion,
    state: 'ACTIVE',
    workflowStatus: imageSet.latestVersion === 1 ? 'CREATED' : 'IMPORTED',
    isPrimary: imageSet.isPrimary,
    isForced: false,
    message: undefined,
    createdAt: imageSet.createdAt,
    updatedAt: imageSet.updatedAt,
    deletedAt: undefined,
  }
}
