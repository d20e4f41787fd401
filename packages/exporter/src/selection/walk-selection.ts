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

/** An instance that the selectors name. */
export interface WalkedInstance {
  readonly kind: 'instance'
  readonly key: InstanceKey
  readonly entry: ImageSetInstance
  readonly imageSet: LoadedImageSet
  /** Whether the walk has met it before, in this or another image set. */
  readonly isDuplicate: boolean
}

/** Something that the selectors name and that cannot be had: an image set, or what a selector stands for. */
export interface WalkedFailure extends ItemFailure {
  readonly kind: 'failure'
}

/** What to walk, and who is told of it. */
export interface WalkOptions extends SelectionOptions, LoadObserver, SkipOptions, WidenOptions {
  /** Bytes of memory for what the walk has met. What does not fit goes to a temporary database. */
  readonly maxMemory?: number | undefined
}

/** Walks the instances that selectors name, image set by image set. */
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

/** Returns what an instance is exported by. Its entry is of the image set that was asked for. */
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
  /** Absent: those of a series. */
  readonly sopInstanceUid?: string | undefined
}

/**
 * Returns a text that is the same for the same instance, or the same series, in any image set. Data stores may have millions
 * of instances: 144 bits of a digest take a seventh of the memory of their UIDs.
 */
export function itemDigest({ studyInstanceUid, seriesInstanceUid, sopInstanceUid = '' }: ItemUids): string {
  return hash('sha256', `${studyInstanceUid}/${seriesInstanceUid}/${sopInstanceUid}`, 'base64url').slice(0, 24)
}

/** Returns the key of an instance of a loaded image set. */
export function instanceKey(datastoreId: string, loaded: LoadedImageSet, entry: ImageSetInstance): InstanceKey {
  return { datastoreId, imageSetId: loaded.selected.imageSetId, versionId: loaded.versionId, ...instanceUids(entry) }
}

/** Returns the UIDs of an instance as its key has them. */
export function instanceUids(
  entry: ImageSetInstance,
): Pick<InstanceKey, 'studyInstanceUid' | 'seriesInstanceUid' | 'sopInstanceUid'> {
  const { seriesInstanceUid, sopInstanceUid } = entry
  return { studyInstanceUid: attributeText(entry.study, 'StudyInstanceUID') ?? '', seriesInstanceUid, sopInstanceUid }
}
