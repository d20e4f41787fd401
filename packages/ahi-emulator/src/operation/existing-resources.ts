import type { ImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import type { Datastore } from '../store/datastores.ts'
import type { ImageSet } from '../store/image-sets.ts'
import type { ImageSetVersion, VersionProperties } from '../store/version-table.ts'
import type { OperationContext } from './operation.ts'
import { ServiceError } from './service-error.ts'

/**
 * Returns an active data store.
 * @throws {ServiceError} ResourceNotFoundException if it does not exist or is deleted
 */
export function existingDatastore(datastoreId: string, context: OperationContext): Datastore {
  const datastore = knownDatastore(datastoreId, context)
  if (datastore.status === 'ACTIVE') return datastore
  throw new ServiceError('ResourceNotFoundException', `Data store ${datastoreId} is deleted`)
}

/**
 * Returns a data store, even if it is deleted.
 * @throws {ServiceError} ResourceNotFoundException if it never existed
 */
export function knownDatastore(datastoreId: string, { store }: OperationContext): Datastore {
  const datastore = store.datastores.get(datastoreId)
  if (datastore !== undefined) return datastore
  throw new ServiceError('ResourceNotFoundException', `Data store ${datastoreId} does not exist`)
}

/** The ids of an image set. */
interface ImageSetPlace {
  readonly datastoreId: string
  readonly imageSetId: string
}

/**
 * Returns an image set that has content.
 * @throws {ServiceError} ResourceNotFoundException if it does not exist or is deleted, ConflictException while a copy
 *   is still creating it
 */
export function existingImageSet(place: ImageSetPlace, context: OperationContext): ImageSet {
  const { datastoreId, imageSetId } = place
  existingDatastore(datastoreId, context)
  const imageSet = context.store.imageSets.get(datastoreId, imageSetId)
  if (imageSet !== undefined) return imageSet
  const [unlisted] = context.store.unlistedVersions.versions(place, { limit: 1 })
  throw missingContentError(imageSetId, unlisted)
}

/**
 * Returns the properties of a version of an image set, by default the latest. Deleted image sets, and those that a copy
 * is still creating, have properties as well.
 * @throws {ServiceError} ResourceNotFoundException if the version does not exist
 */
export function existingProperties(
  place: ImageSetPlace,
  versionId: number | undefined,
  context: OperationContext,
): VersionProperties {
  const page = { before: versionId === undefined ? undefined : versionId + 1, limit: 1 }
  const [version] = propertiesPage(place, page, context)
  if (version !== undefined && version.version === (versionId ?? version.version)) return version
  throw new ServiceError(
    'ResourceNotFoundException',
    `Version ${versionId} of image set ${place.imageSetId} does not exist`,
  )
}

/**
 * Returns a page of the properties of an image set's versions, the newest first.
 * @throws {ServiceError} ResourceNotFoundException if the image set does not exist
 */
export function propertiesPage(
  place: ImageSetPlace,
  page: { readonly before: number | undefined; readonly limit: number },
  context: OperationContext,
): readonly VersionProperties[] {
  existingDatastore(place.datastoreId, context)
  const { imageSets, unlistedVersions } = context.store
  const isListed = imageSets.get(place.datastoreId, place.imageSetId) !== undefined
  if (isListed) return imageSets.versions(place.imageSetId, page)
  if (unlistedVersions.versions(place, { limit: 1 }).length > 0) return unlistedVersions.versions(place, page)
  throw missingContentError(place.imageSetId, undefined)
}

function missingContentError(imageSetId: string, unlisted: VersionProperties | undefined): ServiceError {
  if (unlisted?.state === 'LOCKED')
    return new ServiceError('ConflictException', `Image set ${imageSetId} is still being created`)
  const why =
    unlisted === undefined ? 'does not exist' : unlisted.state === 'DELETED' ? 'is deleted' : 'could not be created'
  return new ServiceError('ResourceNotFoundException', `Image set ${imageSetId} ${why}`)
}

/**
 * Returns a version of an image set, by default the latest.
 * @throws {ServiceError} ResourceNotFoundException if the version does not exist
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

/** Returns the metadata document of the latest version of an image set. */
export function latestDocument(imageSet: ImageSet, context: OperationContext): Promise<ImageSetMetadata> {
  return context.store.readMetadata(existingVersion(imageSet, undefined, context).documentPath)
}
