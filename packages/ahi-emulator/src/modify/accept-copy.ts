import type { OperationContext } from '../operation/operation.ts'
import { ServiceError } from '../operation/service-error.ts'
import { createId } from '../store/identifiers.ts'
import type { VersionProperties } from '../store/version-table.ts'
import { lockForUpdate } from './accept-update.ts'
import { checkPendingQuota, writableImageSet, type WritableImageSet } from './lock.ts'
import { countFrames, selectInstances, type InstanceSelection } from './merge-instances.ts'
import { ModificationError, type CopyModification } from './modification.ts'

/** A request of CopyImageSet. */
export interface CopyRequest {
  readonly datastoreId: string
  readonly sourceImageSetId: string
  readonly latestVersion: number
  /** `undefined` for a new image set. */
  readonly destination: { readonly imageSetId: string; readonly latestVersion: number } | undefined
  /** `undefined` for all instances. */
  readonly selection: InstanceSelection | undefined
  readonly isForced: boolean
  readonly isPromotion: boolean
}

/** The locked versions that CopyImageSet answers with. */
export interface AcceptedCopy {
  readonly source: VersionProperties
  readonly destination: VersionProperties
}

/** Most frames of one copy (developer guide, "Endpoints and quotas"). */
const mostFrames = 1000

/**
 * Accepts a copy: locks source and destination, and records the copy. Call it within `store.turns.run`.
 * @throws {ServiceError} if the copy cannot be accepted; nothing is changed then
 */
export async function acceptCopy(request: CopyRequest, context: OperationContext): Promise<AcceptedCopy> {
  const { datastoreId, sourceImageSetId: imageSetId, latestVersion } = request
  const { store } = context
  const source = writableImageSet({ datastoreId, imageSetId, latestVersion }, context)
  const destination = request.destination && writableImageSet({ datastoreId, ...request.destination }, context)
  if (request.isPromotion) checkPromotion(source, context)
  await checkFrameQuota(source, request, context)
  checkPendingQuota(datastoreId, context)
  return store.inTransaction(() => {
    const locked =
      destination === undefined
        ? addDestination(source, request, context)
        : lockForUpdate(destination, { workflowStatus: 'COPYING', isForced: request.isForced }, context)
    store.modifications.add(datastoreId, JSON.stringify(modificationOf(source, locked, request)))
    return { source: lockSource(source, context), destination: locked }
  })
}

/**
 * Checks that the series has no primary image set. If two promotions of a series are accepted, the second fails when it
 * is applied.
 */
function checkPromotion({ imageSet }: WritableImageSet, { store }: OperationContext): void {
  const { datastoreId, seriesInstanceUid } = imageSet
  const primary = store.imageSets.ofSeries(datastoreId, seriesInstanceUid).find(({ isPrimary }) => isPrimary)
  if (primary === undefined) return
  const message = `Series ${seriesInstanceUid} already has the primary image set ${primary.id}. Delete it first`
  throw new ServiceError('ConflictException', message)
}

async function checkFrameQuota(
  { latest }: WritableImageSet,
  { selection }: CopyRequest,
  { store }: OperationContext,
): Promise<void> {
  const document = await store.readMetadata(latest.documentPath)
  const frames = frameCount(() => countFrames(selectInstances(document, selection)))
  if (frames <= mostFrames) return
  const message = `The copy has ${frames} image frames, but the limit is ${mostFrames}`
  throw new ServiceError('ServiceQuotaExceededException', message)
}

/**
 * Returns 0 if the source lacks a selected instance. As in the service, that is reported only when the copy is applied.
 */
function frameCount(count: () => number): number {
  try {
    return count()
  } catch (error) {
    if (error instanceof ModificationError) return 0
    throw error
  }
}

function addDestination(
  { imageSet }: WritableImageSet,
  { isForced, isPromotion }: CopyRequest,
  { store, now }: OperationContext,
): VersionProperties {
  const createdAt = now()
  const version: VersionProperties = {
    imageSetId: createId(),
    version: 1,
    state: 'LOCKED',
    workflowStatus: 'COPYING',
    isPrimary: isPromotion,
    isForced,
    message: undefined,
    createdAt,
    updatedAt: createdAt,
    deletedAt: undefined,
  }
  store.unlistedVersions.save(imageSet.datastoreId, version)
  return version
}

function lockSource({ imageSet, latest }: WritableImageSet, { store, now }: OperationContext): VersionProperties {
  // Being the source of a copy changes updatedAt, but is not an access.
  store.accessTimes.touch(imageSet.id, store.accessTimes.of(imageSet.id) ?? imageSet.updatedAt)
  const updatedAt = now()
  const locked = { ...latest, state: 'LOCKED', workflowStatus: 'COPYING_WITH_READ_ONLY_ACCESS', updatedAt }
  store.imageSets.changeVersion(locked)
  store.imageSets.save({ ...imageSet, updatedAt })
  return locked
}

function modificationOf(
  { latest }: WritableImageSet,
  locked: VersionProperties,
  { datastoreId, destination, selection, isForced }: CopyRequest,
): CopyModification {
  const { imageSetId, version, workflowStatus, message } = latest
  return {
    kind: 'copy',
    datastoreId,
    source: { imageSetId, version, workflowStatus, message },
    destination: {
      imageSetId: locked.imageSetId,
      version: locked.version,
      isNew: destination === undefined,
      isPrimary: locked.isPrimary,
    },
    selection,
    isForced,
  }
}
