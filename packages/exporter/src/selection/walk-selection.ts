import type { ImageSetInstance } from '@ahi-dicom/ahi-metadata'
import { hash } from 'node:crypto'
import { attributeText } from './attribute-text.ts'
import type { ExporterClient } from './client.ts'
import {
  loadSelectedImageSets,
  type LoadedImageSet,
  type LoadObserver,
  type SkipOptions,
  type WidenOptions,
} from './load-metadata.ts'
import { loadingFailure, type ItemFailure } from './item-failure.ts'
import type { InstanceEntry } from '@ahi-dicom/dicomizer'
import type { SelectionOptions } from './selection-options.ts'
import { createKeySet, type InstanceKey } from '@ahi-dicom/export-files'

/** A selected instance. */
export interface WalkedInstance {
  readonly kind: 'instance'
  readonly key: InstanceKey
  readonly entry: ImageSetInstance
  readonly imageSet: LoadedImageSet
  /** True if the walk met the instance before, in this or another image set. */
  readonly isDuplicate: boolean
}

/** A selected image set or a selector that failed. */
export interface WalkedFailure extends ItemFailure {
  readonly kind: 'failure'
}

/** Options of {@link walkSelection}. */
export interface WalkOptions extends SelectionOptions, LoadObserver, SkipOptions, WidenOptions {
  /** Bytes of memory for the instances met so far. More go to a temporary database. */
  readonly maxMemory?: number | undefined
}

/** Yields the selected instances, image set by image set. */
export async function* walkSelection(
  client: ExporterClient,
  options: WalkOptions,
): AsyncGenerator<WalkedInstance | WalkedFailure, void, undefined> {
  const { datastoreId, signal, maxMemory } = options
  using seen = createKeySet({ maxMemory })
  for await (const loading of loadSelectedImageSets(client, options)) {
    if (loading.kind === 'done') continue
    if (loading.kind !== 'loaded') {
      yield { kind: 'failure', ...loadingFailure(options, loading) }
      continue
    }
    for (const entry of loading.instances) {
      signal?.throwIfAborted()
      const key = instanceKey(datastoreId, loading, entry)
      const isDuplicate = !seen.add(itemDigest(key))
      yield { kind: 'instance', key, entry, imageSet: loading, isDuplicate }
    }
  }
}

/** Returns an instance in the form that lanes export. Its entry names the image set that was requested. */
export function walkedItem({ key, entry, imageSet }: Omit<WalkedInstance, 'kind' | 'isDuplicate'>): WalkedItem {
  const { losslessStorageFormat, isLatestVersion } = imageSet
  const { datastoreId, imageSetId } = key
  return { key, entry: { ...entry, datastoreId, imageSetId }, losslessStorageFormat, isLatestVersion }
}

interface WalkedItem extends Pick<LoadedImageSet, 'losslessStorageFormat' | 'isLatestVersion'> {
  readonly key: InstanceKey
  readonly entry: InstanceEntry
}

/** The UIDs of an instance, or of a series. */
export interface ItemUids {
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  /** Absent for a series. */
  readonly sopInstanceUid?: string | undefined
}

/**
 * Returns a text that identifies an instance or a series in any image set. It has 144 bits of a digest, which take a
 * seventh of the memory of the UIDs. Data stores may have millions of instances.
 */
export function itemDigest({ studyInstanceUid, seriesInstanceUid, sopInstanceUid = '' }: ItemUids): string {
  return hash('sha256', `${studyInstanceUid}/${seriesInstanceUid}/${sopInstanceUid}`, 'base64url').slice(0, 24)
}

/** Returns the key of an instance of a loaded image set. */
export function instanceKey(datastoreId: string, loaded: LoadedImageSet, entry: ImageSetInstance): InstanceKey {
  return { datastoreId, imageSetId: loaded.selected.imageSetId, versionId: loaded.versionId, ...instanceUids(entry) }
}

/** Returns the UIDs of an instance for its key. */
export function instanceUids(
  entry: ImageSetInstance,
): Pick<InstanceKey, 'studyInstanceUid' | 'seriesInstanceUid' | 'sopInstanceUid'> {
  const { seriesInstanceUid, sopInstanceUid } = entry
  return { studyInstanceUid: attributeText(entry.study, 'StudyInstanceUID') ?? '', seriesInstanceUid, sopInstanceUid }
}
