import type { VersionProperties } from '../store/version-table.ts'
import type { CompletionContext } from './complete-update.ts'
import type { DeleteModification } from './modification.ts'

/** Deletes the contents of an image set. GetImageSet and ListImageSetVersions still describe it afterwards. */
export function completeDeletion(
  { datastoreId, imageSetId }: DeleteModification,
  { store, now }: CompletionContext,
  done: () => void,
): void {
  const deletedAt = now()
  const all = { limit: Number.MAX_SAFE_INTEGER }
  store.inTransaction(() => {
    const versions: VersionProperties[] = [
      ...store.imageSets.versions(imageSetId, all),
      ...store.unlistedVersions.versions({ datastoreId, imageSetId }, all),
    ]
    store.contents.remove(imageSetId)
    for (const version of versions) {
      const status = { state: 'DELETED', workflowStatus: 'DELETED', updatedAt: deletedAt, deletedAt }
      store.unlistedVersions.save(datastoreId, { ...version, ...status })
    }
    done()
  })
  store.accessTimes.forget(imageSetId)
  store.synthetic.forget(imageSetId)
}

/** Unlocks an image set that could not be deleted. */
export function failDeletion(
  { datastoreId, imageSetId, workflowStatus }: DeleteModification,
  { store, now }: CompletionContext,
  message: string,
): void {
  const status = { state: 'ACTIVE', workflowStatus, message, updatedAt: now() }
  const [version] = store.imageSets.versions(imageSetId, { limit: 1 })
  if (version !== undefined) store.imageSets.changeVersion({ ...version, ...status })
  const [unlisted] = store.unlistedVersions.versions({ datastoreId, imageSetId }, { limit: 1 })
  if (unlisted !== undefined) store.unlistedVersions.save(datastoreId, { ...unlisted, ...status })
}
