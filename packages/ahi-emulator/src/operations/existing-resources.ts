import type { OperationContext } from '../server/operation.ts'
import { ServiceError } from '../server/service-error.ts'
import type { Datastore } from '../store/datastores.ts'
import type { ImageSet, ImageSetVersion } from '../store/image-sets.ts'

/**
 * Finds a data store that is not deleted.
 * @throws {ServiceError} ResourceNotFoundException
 */
export function existingDatastore(datastoreId: string, context: OperationContext): Datastore {
  const datastore = knownDatastore(datastoreId, context)
  if (datastore.status === 'ACTIVE') return datastore
  throw new ServiceError('ResourceNotFoundException', `Data store ${datastoreId} is deleted`)
}

/**
 * Finds a data store, deleted ones too.
 * @throws {ServiceError} ResourceNotFoundException
 */
export function knownDatastore(datastoreId: string, { store }: OperationContext): Datastore {
  const datastore = store.datastores.get(datastoreId)
  if (datastore !== undefined) return datastore
  throw new ServiceError('ResourceNotFoundException', `Data store ${datastoreId} does not exist`)
}

/**
 * Finds an image set in its data store.
 * @throws {ServiceError} ResourceNotFoundException
 */
export function existingImageSet(
  { datastoreId, imageSetId }: { readonly datastoreId: string; readonly imageSetId: string },
  context: OperationContext,
): ImageSet {
  existingDatastore(datastoreId, context)
  const imageSet = context.store.imageSets.get(datastoreId, imageSetId)
  if (imageSet !== undefined) return imageSet
  throw new ServiceError('ResourceNotFoundException', `Image set ${imageSetId} does not exist`)
}

/**
 * Finds a version of an image set, the latest where none is named.
 * @throws {ServiceError} ResourceNotFoundException
 */
export function existingVersion(
  imageSet: ImageSet,
  versionId: number | undefined,
  { store }: OperationContext,
): ImageSetVersion {
  const number = versionId ?? imageSet.latestVersion
  const version = store.imageSets.version(imageSet.id, number)
  if (version !== undefined) return version
  throw new ServiceError('ResourceNotFoundException', `Version ${number} of image set ${imageSet.id} does not exist`)
}
