import { existingImageSet, existingVersion } from '../operation/existing-resources.ts'
import type { OperationContext } from '../operation/operation.ts'
import { ServiceError, validationError } from '../operation/service-error.ts'
import type { ImageSet } from '../store/image-sets.ts'
import { syntheticImageSetId } from '../store/synthetic-document-path.ts'
import type { ImageSetVersion } from '../store/version-table.ts'

/** Most copies, updates and deletions in progress in one data store (developer guide, "Endpoints and quotas"). */
const mostPending = 100

/** An unlocked image set, with its latest version. */
export interface WritableImageSet {
  readonly imageSet: ImageSet
  readonly latest: ImageSetVersion
}

/**
 * Returns an image set that can be modified.
 * @throws {ServiceError} ResourceNotFoundException if it does not exist, ConflictException if it is locked or has a
 *   newer version than `latestVersion`, ValidationException if that version does not exist or the image set is
 *   synthetic
 */
export function writableImageSet(
  place: { readonly datastoreId: string; readonly imageSetId: string; readonly latestVersion: number },
  context: OperationContext,
): WritableImageSet {
  const imageSet = existingImageSet(place, context)
  const found = requireUnlocked(imageSet, context)
  const { latestVersion } = imageSet
  if (place.latestVersion > latestVersion) {
    throw validationError(`Version ${place.latestVersion} of image set ${imageSet.id} does not exist`)
  }
  if (place.latestVersion < latestVersion) {
    throw new ServiceError('ConflictException', `The latest version of image set ${imageSet.id} is ${latestVersion}`)
  }
  return found
}

/**
 * Returns an image set with its latest version.
 * @throws {ServiceError} ConflictException if it is locked, ValidationException if it is synthetic
 */
export function requireUnlocked(imageSet: ImageSet, context: OperationContext): WritableImageSet {
  const latest = existingVersion(imageSet, undefined, context)
  refuseLocked(imageSet.id, latest)
  const first = context.store.imageSets.version(imageSet.id, 1)
  if (first !== undefined && syntheticImageSetId(first.documentPath) !== undefined) {
    throw validationError(`Image set ${imageSet.id} is synthetic: it can only be deleted`)
  }
  return { imageSet, latest }
}

/**
 * Checks that a version is not locked.
 * @throws {ServiceError} ConflictException if it is
 */
export function refuseLocked(imageSetId: string, { state }: { readonly state: string }): void {
  if (state !== 'LOCKED') return
  throw new ServiceError('ConflictException', `Image set ${imageSetId} is locked by another operation`)
}

/**
 * Checks that another modification may begin.
 * @throws {ServiceError} `error` if too many are in progress
 */
export function checkPendingQuota(
  datastoreId: string,
  { store }: OperationContext,
  error: 'ServiceQuotaExceededException' | 'ThrottlingException' = 'ServiceQuotaExceededException',
): void {
  if (store.modifications.count(datastoreId) < mostPending) return
  const limit = `${mostPending} copies, updates and deletions in progress`
  const message = `Data store ${datastoreId} has reached the limit of ${limit}`
  throw new ServiceError(error, message)
}
