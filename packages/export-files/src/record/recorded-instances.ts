import type { RecordStore } from '../destination/record-store.ts'
import { createKeyMap, type KeyMap, type KeyMapOptions } from '../keys/key-map.ts'
import { createKeySet } from '../keys/key-set.ts'
import { createGroupedKeys } from './grouped-key.ts'
import { readManifest } from './read-manifest.ts'

/** The recorded instances of an image set. */
export interface RecordedInstances {
  /** The newest recorded version. */
  readonly versionId: string
  /** Number of recorded instances of that version. */
  readonly instances: number
}

/**
 * Counts the recorded instances of the newest version of each image set. Returns a map by image set id; dispose of it
 * after use. Files of series are not counted.
 *
 * @example
 * import { countRecordedInstances } from '@ahi-dicom/export-files'
 *
 * using counted = await countRecordedInstances(exported.record)
 * console.log(counted.get(imageSetId)?.instances) // 3
 */
export async function countRecordedInstances(
  store: RecordStore,
  options: KeyMapOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<KeyMap<RecordedInstances>> {
  const counts = createKeyMap<RecordedInstances>(options)
  using manifest = await readManifest(store, options)
  using seen = createKeySet(options)
  const keyOf = createGroupedKeys()
  for await (const file of manifest?.files() ?? []) {
    if (file.scope === 'series') continue
    const { imageSetId, versionId, seriesInstanceUid, sopInstanceUid, isStaged } = file
    if (isStaged || !seen.add(keyOf(`${imageSetId}/${versionId}/${seriesInstanceUid}`, sopInstanceUid))) continue
    const known = counts.get(imageSetId)
    const order = known === undefined ? 1 : Number(versionId) - Number(known.versionId)
    if (order < 0) continue
    counts.set(imageSetId, { versionId, instances: 1 + (order === 0 ? (known?.instances ?? 0) : 0) })
  }
  return counts
}

/**
 * Counts the instances of the finished image sets, also those without files: formats of series make no file of a series
 * that has no pixels. Returns a map by image set id; dispose of it after use.
 *
 * @example
 * import { countFinishedInstances } from '@ahi-dicom/export-files'
 *
 * using counted = await countFinishedInstances(exported.record)
 * console.log(counted.get(imageSetId)?.instances) // 3
 */
export async function countFinishedInstances(
  store: RecordStore,
  options: KeyMapOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<KeyMap<RecordedInstances>> {
  const counts = createKeyMap<RecordedInstances>(options)
  using manifest = await readManifest(store, options)
  for (const { imageSetId, versionId, instances } of manifest?.index.finished() ?? []) {
    counts.set(imageSetId, { versionId, instances })
  }
  return counts
}
