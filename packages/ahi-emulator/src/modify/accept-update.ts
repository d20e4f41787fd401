import type { OperationContext } from '../operation/operation.ts'
import { validationError } from '../operation/service-error.ts'
import type { ImageSetVersion } from '../store/version-table.ts'
import { checkUpdates } from './check-updates.ts'
import { checkPendingQuota, requireUnlocked, writableImageSet, type WritableImageSet } from './lock.ts'
import type { MetadataUpdates, UpdateModification } from './modification.ts'

/** A request of UpdateImageSetMetadata. */
export interface UpdateRequest {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly latestVersion: number
  readonly updates: MetadataUpdates
  readonly isForced: boolean
  readonly includesStudy: boolean
}

/**
 * Accepts an update: locks its image sets, and records the update. Call it within `store.turns.run`.
 * @returns the new version, locked
 * @throws {ServiceError} if the update cannot be accepted; nothing is changed then
 */
export function acceptUpdate(request: UpdateRequest, context: OperationContext): ImageSetVersion {
  const { datastoreId, updates, isForced, includesStudy } = request
  const { store } = context
  const target = writableImageSet(request, context)
  const isPrimary = target.imageSet.isPrimary || includesStudy
  if ('revertToVersion' in updates) checkRevert(target, updates.revertToVersion)
  else checkUpdates(updates, { isPrimary, isForced, includesStudy })
  const others = includesStudy ? othersOfStudy(target, context) : []
  checkPendingQuota(datastoreId, context)
  return store.inTransaction(() => {
    const locked = lockForUpdate(target, { workflowStatus: 'UPDATING', isForced }, context)
    const rest = others.map((other) =>
      lockForUpdate(other, { workflowStatus: 'UPDATING_FOR_STUDY_CONSISTENCY', isForced }, context),
    )
    const modification: UpdateModification = {
      kind: 'update',
      datastoreId,
      target: placeOf(locked),
      others: rest.map(placeOf),
      updates,
    }
    store.modifications.add(datastoreId, JSON.stringify(modification))
    return locked
  })
}

/**
 * Adds the next version of an image set, locked. It has the document of the previous version until the modification is
 * applied.
 */
export function lockForUpdate(
  { imageSet, latest }: WritableImageSet,
  { workflowStatus, isForced }: { readonly workflowStatus: string; readonly isForced: boolean },
  { store, now }: OperationContext,
): ImageSetVersion {
  const updatedAt = now()
  store.accessTimes.touch(imageSet.id, updatedAt)
  const version = latest.version + 1
  const locked = { ...latest, version, state: 'LOCKED', workflowStatus, isForced, message: undefined, updatedAt }
  store.imageSets.save({ ...imageSet, latestVersion: version, updatedAt })
  store.imageSets.addVersion(locked)
  return locked
}

function checkRevert({ latest }: WritableImageSet, revertTo: number): void {
  if (revertTo >= 1 && revertTo < latest.version) return
  const message = `revertToVersionId ${revertTo} of image set ${latest.imageSetId} is not an earlier version`
  throw validationError(message)
}

function othersOfStudy({ imageSet }: WritableImageSet, context: OperationContext): WritableImageSet[] {
  const { datastoreId, studyInstanceUid } = imageSet
  return context.store.primaryImageSets
    .ofStudy(datastoreId, studyInstanceUid)
    .filter(({ id }) => id !== imageSet.id)
    .map((other) => requireUnlocked(other, context))
}

function placeOf({ imageSetId, version }: ImageSetVersion): { imageSetId: string; version: number } {
  return { imageSetId, version }
}
