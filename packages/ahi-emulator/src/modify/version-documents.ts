import { serializeImageSetMetadata, type ImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { documentAttributes } from '../document/search-attributes.ts'
import type { Batch } from '../store/batch.ts'
import { writeDocument } from '../store/document-file.ts'
import type { ImageSet } from '../store/image-sets.ts'
import type { Store } from '../store/store.ts'
import type { ImageSetVersion } from '../store/version-table.ts'
import { ModificationError } from './modification.ts'

/** Quota of the metadata of one image set (developer guide, "Endpoints and quotas"). */
const largestDocument = 50 * 1024 * 1024

/** An image set with one of its versions. */
export interface LoadedVersion {
  readonly imageSet: ImageSet
  readonly version: ImageSetVersion
}

/** A document that a batch has. */
export interface WrittenDocument {
  readonly documentPath: string
  readonly document: ImageSetMetadata
}

/**
 * Finds what a modification is about.
 * @throws {TypeError} where it is not there, which a lock prevents
 */
export function loadVersion(
  store: Store,
  place: { readonly datastoreId: string; readonly imageSetId: string; readonly version: number },
): LoadedVersion {
  const imageSet = store.imageSets.get(place.datastoreId, place.imageSetId)
  const version = store.imageSets.version(place.imageSetId, place.version)
  if (imageSet !== undefined && version !== undefined) return { imageSet, version }
  throw new TypeError(`Cannot modify image set ${place.imageSetId}: its version ${place.version} is missing`)
}

/**
 * Writes the document of a version.
 * @throws {ModificationError} for one that is larger than the service allows
 */
export async function writeVersion(batch: Batch, document: ImageSetMetadata): Promise<WrittenDocument> {
  const text = serializeImageSetMetadata(document)
  if (Buffer.byteLength(text) > largestDocument) throw new ModificationError('The metadata would have more than 50 MB')
  return { documentPath: await writeDocument(batch, text), document }
}

/** An image set as its new document describes it. */
export function describedBy(document: ImageSetMetadata, imageSet: ImageSet, now: number): ImageSet {
  return { ...imageSet, ...documentAttributes(document), updatedAt: now }
}
