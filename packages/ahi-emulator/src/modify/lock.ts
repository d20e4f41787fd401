import { existingImageSet, existingVersion } from '../operation/existing-resources.ts'
import type { OperationContext } from '../operation/operation.ts'
import { ServiceError, validationError } from '../operation/service-error.ts'
import type { ImageSet } from '../store/image-sets.ts'
import { syntheticImageSetId } from '../store/synthetic-document-path.ts'
import type { ImageSetVersion } from '../store/version-table.ts'

/** Quota of copies, updates and deletions at a time in one data store (developer guide, "Endpoints and quotas"). */
const mostPending = 100

/** An image set that may be modified, with its latest version. */
export interface WritableImageSet {
  readonly imageSet: ImageSet
  readonly latest: ImageSetVersion
}

/**
 * Finds an image set that is to be modified.
 * @throws {ServiceError} ResourceNotFoundException; ConflictException for one that is locked, or has a newer version
 * than `latestVersion`; ValidationException for a version that does not exist, and for what cannot be modified
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

/** Finds the latest version of an image set that nothing else modifies. */
export function requireUnlocked(imageSet: ImageSet, context: OperationContext): WritableImageSet {
  const latest = existingVersion(imageSet, undefined, context)
  refuseLocked(imageSet.id, latest)
  const first = context.store.imageSets.version(imageSet.id, 1)
  if (first !== undefined && syntheticImageSetId(first.documentPath) !== undefined) {
    throw validationError(`Image set ${imageSet.id} is synthetic: it can be deleted alone`)
  }
  return { imageSet, latest }
}

/** @throws {ServiceError} ConflictException */
export function refuseLocked(imageSetId: string, { state }: { readonly state: string }): void {
  if (state !== 'LOCKED') return
  throw new ServiceError('ConflictException', `Image set ${imageSetId} is locked by another operation`)
}

/**
 * Checks that one more modification may begin.
 * @throws {ServiceError} `error`
 */
export function checkPendingQuota(
  datastoreId: string,
  { store }: OperationContext,
  error: 'ServiceQuotaExceededException' | 'ThrottlingException' = 'ServiceQuotaExceededException',
): void {
  if (store.modifications.count(datastoreId) < mostPending) return
  const what = `${mostPending} copies, updates and deletions are under way in data store ${datastoreId}`
  throw new ServiceError(error, `${what}, more are not allowed`)
}
