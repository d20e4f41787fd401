import { existingDatastore } from '../operation/existing-resources.ts'
import type { OperationContext } from '../operation/operation.ts'
import { ServiceError } from '../operation/service-error.ts'
import type { VersionProperties } from '../store/version-table.ts'
import { checkPendingQuota, refuseLocked } from './lock.ts'
import type { DeleteModification } from './modification.ts'

/**
 * Accepts a deletion: locks the image set, and records the deletion. Does nothing if the image set is already deleted.
 * Call it within `store.turns.run`.
 * @returns the locked or deleted version
 * @throws {ServiceError} if the deletion cannot be accepted; nothing is changed then
 */
export function acceptDeletion(
  place: { readonly datastoreId: string; readonly imageSetId: string },
  context: OperationContext,
): VersionProperties {
  const { datastoreId, imageSetId } = place
  const { store, now } = context
  existingDatastore(datastoreId, context)
  const imageSet = store.imageSets.get(datastoreId, imageSetId)
  const listed = imageSet && store.imageSets.version(imageSetId, imageSet.latestVersion)
  const [latest] = listed === undefined ? store.unlistedVersions.versions(place, { limit: 1 }) : [listed]
  if (latest === undefined) {
    throw new ServiceError('ResourceNotFoundException', `Image set ${imageSetId} does not exist`)
  }
  if (latest.state === 'DELETED') return latest
  refuseLocked(imageSetId, latest)
  checkPendingQuota(datastoreId, context, 'ThrottlingException')
  const { workflowStatus } = latest
  const modification: DeleteModification = { kind: 'delete', datastoreId, imageSetId, workflowStatus }
  const locking = { state: 'LOCKED', workflowStatus: 'DELETING', updatedAt: now() }
  return store.inTransaction(() => {
    if (listed === undefined) store.unlistedVersions.save(datastoreId, { ...latest, ...locking })
    else store.imageSets.changeVersion({ ...listed, ...locking })
    store.modifications.add(datastoreId, JSON.stringify(modification))
    return { ...latest, ...locking }
  })
}
