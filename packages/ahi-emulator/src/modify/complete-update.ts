import type { Batch } from '../store/batch.ts'
import type { Store } from '../store/store.ts'
import { applyUpdates, removalsFor } from './apply-updates.ts'
import { ModificationError, type MetadataUpdates, type UpdateModification } from './modification.ts'
import type { RenamedInstance } from './rekey-document.ts'
import {
  describedBy,
  loadVersion,
  writeVersion,
  type LoadedVersion,
  type WrittenDocument,
} from './version-documents.ts'

/** The store and the clock that modifications are applied with. */
export interface CompletionContext {
  readonly store: Store
  readonly now: () => number
}

interface UpdatedVersion extends LoadedVersion, WrittenDocument {
  readonly renamed: readonly RenamedInstance[]
}

/**
 * Applies an accepted update: writes the new versions of its image sets. Calls `done` in the transaction.
 * @throws {ModificationError} if the documents do not allow the update; nothing is changed then
 */
export async function completeUpdate(
  modification: UpdateModification,
  { store, now }: CompletionContext,
  done: () => void,
): Promise<void> {
  const { datastoreId, target, others, updates } = modification
  await store.writeBatch({
    async write(batch) {
      const updated = [await updateVersion(loadVersion(store, { datastoreId, ...target }), updates, { store, batch })]
      for (const other of others) {
        const loaded = loadVersion(store, { datastoreId, ...other })
        updated.push(await updateVersion(loaded, await updatesFor(loaded, updates, store), { store, batch }))
      }
      return updated
    },
    commit(updated) {
      for (const one of updated) commitUpdate(one, { store, now: now() })
      done()
    },
  })
}

/** Unlocks the image sets of an update that failed. The new version stays, with the document of the previous one. */
export function failUpdate(
  { datastoreId, target, others }: UpdateModification,
  { store, now }: CompletionContext,
  message: string,
): void {
  for (const place of [target, ...others]) {
    const { version } = loadVersion(store, { datastoreId, ...place })
    const status = { state: 'ACTIVE', workflowStatus: 'UPDATE_FAILED', message }
    store.imageSets.changeVersion({ ...version, ...status, updatedAt: now() })
  }
}

async function updateVersion(
  loaded: LoadedVersion,
  updates: MetadataUpdates,
  { store, batch }: { readonly store: Store; readonly batch: Batch },
): Promise<UpdatedVersion> {
  if ('revertToVersion' in updates) return revertVersion(loaded, updates.revertToVersion, store)
  const { document, renamed } = applyUpdates(await store.readMetadata(loaded.version.documentPath), updates)
  return { ...loaded, renamed, ...(await writeVersion(batch, document)) }
}

/** Reverts to an earlier version. Versions with the same content share its file. */
async function revertVersion(loaded: LoadedVersion, revertTo: number, store: Store): Promise<UpdatedVersion> {
  const earlier = store.imageSets.version(loaded.imageSet.id, revertTo)
  if (earlier === undefined) throw new ModificationError(`Version ${revertTo} does not exist`)
  const { documentPath } = earlier
  return { ...loaded, documentPath, document: await store.readMetadata(documentPath), renamed: [] }
}

async function updatesFor(
  { version }: LoadedVersion,
  updates: MetadataUpdates,
  store: Store,
): Promise<MetadataUpdates> {
  if ('revertToVersion' in updates || updates.removable === undefined) return updates
  const document = await store.readMetadata(version.documentPath)
  return { ...updates, removable: removalsFor(document, updates.removable) }
}

function commitUpdate(
  { imageSet, version, document, documentPath, renamed }: UpdatedVersion,
  { store, now }: { readonly store: Store; readonly now: number },
): void {
  store.imageSets.save(describedBy(document, imageSet, now))
  store.imageSets.changeVersion({
    ...version,
    state: 'ACTIVE',
    workflowStatus: 'UPDATED',
    updatedAt: now,
    documentPath,
  })
  for (const { from, to } of renamed) store.contents.renameInstance(imageSet.id, { from, to })
}
