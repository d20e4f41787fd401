import type { RecordStore } from '../destination/record-store.ts'
import { createKeyMap, type KeyMap, type KeyMapOptions } from '../keys/key-map.ts'
import { createKeySet } from '../keys/key-set.ts'
import { createGroupedKeys } from './grouped-key.ts'
import { readManifest } from './read-manifest.ts'

/** Returns how many instances of each image set a record names, by the ids of the image sets. Dispose of it. */
export async function countRecordedInstances(
  store: RecordStore,
  options: KeyMapOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<KeyMap<number>> {
  const counts = createKeyMap<number>(options)
  using manifest = await readManifest(store, options)
  using seen = createKeySet(options)
  const keyOf = createGroupedKeys()
  for await (const { imageSetId, seriesInstanceUid, sopInstanceUid, isStaged } of manifest?.files() ?? []) {
    if (isStaged || !seen.add(keyOf(`${imageSetId}/${seriesInstanceUid}`, sopInstanceUid))) continue
    counts.set(imageSetId, (counts.get(imageSetId) ?? 0) + 1)
  }
  return counts
}
