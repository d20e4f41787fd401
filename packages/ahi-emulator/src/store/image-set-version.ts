import type { ImageSet } from './image-sets.ts'
import type { ImageSetVersion } from './version-table.ts'

/** Returns the properties of the latest version of an imported image set, without its document. */
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
