import { serializeImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import type { DocumentForm } from '../document/encode-data-set.ts'
import { documentAttributes } from '../document/search-attributes.ts'
import { loadVersion } from '../modify/version-documents.ts'
import { warningCode } from '../pixels/warning-codes.ts'
import type { Batch } from '../store/batch.ts'
import { writeDocument } from '../store/document-file.ts'
import { createId } from '../store/identifiers.ts'
import { versionOf } from '../store/image-set-version.ts'
import type { ImageSet } from '../store/image-sets.ts'
import type { Store } from '../store/store.ts'
import type { ImageSetVersion } from '../store/version-table.ts'
import { buildDocument } from './image-set-document.ts'
import type { ImportedImageSet } from './import-report.ts'
import type { StagedInstance } from './stage-instance.ts'
import type { StagedImageSet } from './staged-image-set.ts'

/** An image set whose files are written, but which is not yet in the database. */
export interface PreparedImageSet {
  readonly imageSet: ImageSet
  readonly version: ImageSetVersion
  readonly packPath: string
  readonly instances: readonly StagedInstance[]
}

interface PrepareContext {
  readonly store: Store
  readonly datastoreId: string
  readonly form: DocumentForm
  readonly batch: Batch
  readonly now: () => number
}

/**
 * Writes the documents of staged image sets. If an existing image set has the same grouping attributes, the staged one
 * becomes its new version. The first image set of a series is primary, and later ones with other values are not.
 */
export async function prepareImageSets(
  stagedSets: readonly StagedImageSet[],
  context: PrepareContext,
): Promise<PreparedImageSet[]> {
  const prepared: PreparedImageSet[] = []
  for (const staged of stagedSets) {
    const { seriesInstanceUid } = staged
    const ofSeries = [
      ...context.store.imageSets.ofSeries(context.datastoreId, seriesInstanceUid),
      ...prepared
        .map(({ imageSet }) => imageSet)
        .filter((imageSet) => imageSet.seriesInstanceUid === seriesInstanceUid),
    ]
    prepared.push(await prepareImageSet(staged, ofSeries, context))
  }
  return prepared
}

/** Records prepared image sets in the database. Call it in a transaction. */
export function commitImageSets(prepared: readonly PreparedImageSet[], store: Store): ImportedImageSet[] {
  return prepared.map((imageSetAndFiles) => {
    const { imageSet, version } = imageSetAndFiles
    store.imageSets.save(imageSet)
    store.accessTimes.touch(imageSet.id, imageSet.updatedAt)
    store.imageSets.addVersion(version)
    recordWarnings(imageSetAndFiles, store)
    recordPack(imageSetAndFiles, store)
    return { imageSetId: imageSet.id, versionId: String(version.version), isPrimary: imageSet.isPrimary }
  })
}

function recordWarnings({ imageSet, instances }: PreparedImageSet, { instanceWarnings }: Store): void {
  for (const { sopInstanceUid, warnings } of instances) {
    const codes = warnings.map(({ name = 'OTHER' }) => warningCode(name).code)
    instanceWarnings.set(imageSet.id, sopInstanceUid, codes)
  }
}

/** Records the parts of the image set's pack that belong to each instance. */
function recordPack({ imageSet, packPath, instances }: PreparedImageSet, store: Store): void {
  const { imageSets, pixelData, bulkData } = store
  for (const { sopInstanceUid } of instances) pixelData.remove(imageSet.id, sopInstanceUid)
  const frames = instances.flatMap((instance) => instance.frames)
  const kept = instances.flatMap((instance) => instance.pixelData ?? [])
  const bulk = instances.flatMap((instance) => instance.bulkData)
  if (frames.length + kept.length + bulk.length === 0) return
  const packId = imageSets.addPack(packPath)
  imageSets.addFrames(imageSet.id, packId, frames)
  for (const one of kept) pixelData.add(imageSet.id, packId, one)
  for (const one of bulk) bulkData.add(imageSet.id, packId, one)
}

async function prepareImageSet(
  staged: StagedImageSet,
  ofSeries: readonly ImageSet[],
  context: PrepareContext,
): Promise<PreparedImageSet> {
  const { store, datastoreId, form, batch } = context
  const now = context.now()
  const existing = matchingImageSet(staged, ofSeries)
  const imageSetId = existing?.id ?? createId()
  const latest = existing && loadVersion(store, { datastoreId, imageSetId, version: existing.latestVersion })
  const previous = latest && (await store.readMetadata(latest.version.documentPath))
  const document = buildDocument(staged, { datastoreId, imageSetId, form, previous })
  const documentPath = await writeDocument(batch, serializeImageSetMetadata(document))
  const imageSet: ImageSet = {
    ...documentAttributes(document),
    id: imageSetId,
    datastoreId,
    groupingKey: staged.groupingKey,
    isPrimary: existing?.isPrimary ?? !ofSeries.some(({ isPrimary }) => isPrimary),
    latestVersion: (existing?.latestVersion ?? 0) + 1,
    createdAt: existing?.createdAt ?? now,
    updatedAt: now,
  }
  return {
    imageSet,
    version: { ...versionOf(imageSet), documentPath },
    packPath: staged.packPath,
    instances: [...staged.instances.values()],
  }
}

/**
 * Returns the image set that an import adds to: the primary one if it has the same grouping attributes, otherwise
 * another one that has. Returns `undefined` if a new image set is needed, as in a series without a primary one.
 */
function matchingImageSet({ groupingKey }: StagedImageSet, ofSeries: readonly ImageSet[]): ImageSet | undefined {
  const primary = ofSeries.find(({ isPrimary }) => isPrimary)
  if (primary === undefined || primary.groupingKey === groupingKey) return primary
  return ofSeries.find((imageSet) => imageSet.groupingKey === groupingKey)
}
