import type { ImageSetMetadata, SeriesMetadata } from '@ahi-dicom/ahi-metadata'
import type { ImageSet } from '../store/image-sets.ts'
import type { Store } from '../store/store.ts'
import type { VersionProperties } from '../store/version-table.ts'
import type { CompletionContext } from './complete-update.ts'
import { instancesIn, mergeInstances, selectInstances } from './merge-instances.ts'
import { ModificationError, type CopyModification } from './modification.ts'
import { describedBy, loadVersion, writeVersion, type WrittenDocument } from './version-documents.ts'

interface CopiedDocument extends WrittenDocument {
  readonly copied: Readonly<Record<string, SeriesMetadata>>
}

/**
 * Applies an accepted copy: writes the destination's new version, and unlocks the source. Calls `done` in the
 * transaction.
 * @throws {ModificationError} if the documents do not allow the copy; nothing is changed then
 */
export async function completeCopy(
  modification: CopyModification,
  { store, now }: CompletionContext,
  done: () => void,
): Promise<void> {
  await store.writeBatch({
    async write(batch): Promise<CopiedDocument> {
      const { document, copied } = await copyDocument(modification, store)
      return { copied, ...(await writeVersion(batch, document)) }
    },
    commit(written) {
      if (modification.destination.isNew) addDestination(modification, written, { store, now: now() })
      else changeDestination(modification, written, { store, now: now() })
      copyContents(modification, written, store)
      unlockSource(modification, store)
      done()
    },
  })
}

/** Unlocks the image sets of a copy that failed. */
export function failCopy(modification: CopyModification, { store, now }: CompletionContext, message: string): void {
  const { datastoreId, destination } = modification
  const status = { state: 'ACTIVE', workflowStatus: 'COPY_FAILED', message }
  if (destination.isNew) {
    store.unlistedVersions.save(datastoreId, {
      ...unlistedDestination(modification, store),
      ...status,
      updatedAt: now(),
    })
  } else {
    const { version } = loadVersion(store, { datastoreId, ...destination })
    store.imageSets.changeVersion({ ...version, ...status, updatedAt: now() })
  }
  unlockSource(modification, store)
}

async function copyDocument(
  { datastoreId, source, destination, selection, isForced }: CopyModification,
  store: Store,
): Promise<{ readonly document: ImageSetMetadata; readonly copied: Readonly<Record<string, SeriesMetadata>> }> {
  const from = loadVersion(store, { datastoreId, ...source })
  const document = await store.readMetadata(from.version.documentPath)
  const copied = selectInstances(document, selection)
  if (destination.isNew) {
    if (destination.isPrimary) checkPrimary(from.imageSet, store)
    return {
      document: { ...document, ImageSetID: destination.imageSetId, Study: { ...document.Study, Series: copied } },
      copied,
    }
  }
  const into = loadVersion(store, { datastoreId, ...destination })
  const before = await store.readMetadata(into.version.documentPath)
  return { document: mergeInstances(before, document, { copied, isForced }), copied }
}

/** Checks again that the series has no primary image set. One may have been added since the copy was accepted. */
function checkPrimary({ datastoreId, seriesInstanceUid }: ImageSet, store: Store): void {
  if (store.imageSets.ofSeries(datastoreId, seriesInstanceUid).some(({ isPrimary }) => isPrimary)) {
    throw new ModificationError(`Series ${seriesInstanceUid} already has a primary image set`)
  }
}

function addDestination(
  modification: CopyModification,
  { document, documentPath }: CopiedDocument,
  { store, now }: { readonly store: Store; readonly now: number },
): void {
  const { datastoreId, source, destination } = modification
  const { imageSet } = loadVersion(store, { datastoreId, ...source })
  const { imageSetId: id, version: latestVersion, isPrimary } = destination
  const unlisted = unlistedDestination(modification, store)
  const { createdAt } = unlisted
  store.accessTimes.touch(id, now)
  store.imageSets.save(describedBy(document, { ...imageSet, id, latestVersion, isPrimary, createdAt }, now))
  store.imageSets.addVersion({
    ...unlisted,
    state: 'ACTIVE',
    workflowStatus: 'COPIED',
    updatedAt: now,
    documentPath,
  })
  store.unlistedVersions.remove(id)
}

function changeDestination(
  { datastoreId, destination }: CopyModification,
  { document, documentPath }: CopiedDocument,
  { store, now }: { readonly store: Store; readonly now: number },
): void {
  const { imageSet, version } = loadVersion(store, { datastoreId, ...destination })
  store.accessTimes.touch(imageSet.id, now)
  store.imageSets.save(describedBy(document, imageSet, now))
  store.imageSets.changeVersion({ ...version, state: 'ACTIVE', workflowStatus: 'COPIED', updatedAt: now, documentPath })
}

function copyContents({ source, destination }: CopyModification, { copied }: CopiedDocument, store: Store): void {
  const imageSets = { from: source.imageSetId, to: destination.imageSetId }
  store.contents.copy(imageSets, {
    imageFrameIds: instancesIn(copied).flatMap(({ ImageFrames }) => ImageFrames.map(({ ID }) => ID)),
    sopInstanceUids: Object.values(copied).flatMap(({ Instances }) => Object.keys(Instances)),
  })
}

/** Unlocks the source and restores its previous status. It gets no new version. */
function unlockSource({ datastoreId, source }: CopyModification, store: Store): void {
  const { version } = loadVersion(store, { datastoreId, ...source })
  const { workflowStatus, message } = source
  store.imageSets.changeVersion({ ...version, state: 'ACTIVE', workflowStatus, message })
}

function unlistedDestination({ datastoreId, destination }: CopyModification, store: Store): VersionProperties {
  const { imageSetId } = destination
  const [version] = store.unlistedVersions.versions({ datastoreId, imageSetId }, { limit: 1 })
  if (version !== undefined) return version
  throw new TypeError(`Cannot copy to image set ${imageSetId}: it does not exist`)
}
