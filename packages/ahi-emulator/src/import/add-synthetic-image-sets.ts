import { groupingKey } from '../document/grouping.ts'
import { searchAttributes } from '../document/search-attributes.ts'
import type { Datastore } from '../store/datastores.ts'
import { createId } from '../store/identifiers.ts'
import { versionOf } from '../store/image-set-version.ts'
import type { ImageSet } from '../store/image-sets.ts'
import type { Store } from '../store/store.ts'
import { syntheticDocumentPath } from '../store/synthetic-document-path.ts'
import { sharedAttributes, type RecipeAttributes } from '../synthetic/attributes.ts'
import type { SyntheticSettings } from '../synthetic/options.ts'
import type { FrameFacts, Recipe } from '../synthetic/recipe.ts'
import { describePatterns } from '../synthetic/tiled-frames.ts'
import { videoChecksum } from '../synthetic/video.ts'

/** An image set that {@link Emulator.addSyntheticImageSets} added. */
export interface SyntheticImageSet {
  readonly imageSetId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
}

/** Adds image sets whose contents are generated when they are read. They become visible together. */
export async function addImageSets(
  settings: SyntheticSettings,
  { store, datastore, now }: { readonly store: Store; readonly datastore: Datastore; readonly now: () => number },
): Promise<SyntheticImageSet[]> {
  const { imageSets: count, ...rest } = settings
  const { id: datastoreId, losslessStorageFormat } = datastore
  const common = { ...rest, losslessStorageFormat }
  const patterns = await frameFacts(common, store)
  return store.inTransaction(() =>
    Array.from({ length: count }, (_, index) =>
      addImageSet({ ...common, index, patterns }, { store, datastoreId, now: now() }),
    ),
  )
}

async function frameFacts(common: Omit<RecipeAttributes, 'index'>, store: Store): Promise<readonly FrameFacts[]> {
  const { videoByteLength: byteLength, seed } = common
  if (byteLength === undefined) return describePatterns(common, await store.synthetic.codeStreamsOf(common))
  return [{ checksum: await videoChecksum({ seed, byteLength }), least: null, greatest: null, byteLength }]
}

function addImageSet(
  recipe: Recipe,
  { store, datastoreId, now }: { readonly store: Store; readonly datastoreId: string; readonly now: number },
): SyntheticImageSet {
  const attributes = sharedAttributes(recipe)
  const search = searchAttributes(attributes, recipe.instances)
  const { studyInstanceUid, seriesInstanceUid } = search
  const imageSet: ImageSet = {
    ...search,
    id: createId(),
    datastoreId,
    groupingKey: groupingKey(attributes),
    isPrimary: store.imageSets.ofSeries(datastoreId, seriesInstanceUid).length === 0,
    latestVersion: 1,
    createdAt: now,
    updatedAt: now,
  }
  store.imageSets.save(imageSet)
  store.imageSets.addVersion({ ...versionOf(imageSet), documentPath: syntheticDocumentPath(imageSet.id) })
  store.synthetic.add(imageSet.id, recipe)
  return { imageSetId: imageSet.id, studyInstanceUid, seriesInstanceUid }
}
