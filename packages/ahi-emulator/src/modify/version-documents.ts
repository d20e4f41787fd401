import { serializeImageSetMetadata, type ImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { documentAttributes } from '../document/search-attributes.ts'
import type { Batch } from '../store/batch.ts'
import { writeDocument } from '../store/document-file.ts'
import type { ImageSet } from '../store/image-sets.ts'
import type { Store } from '../store/store.ts'
import type { ImageSetVersion } from '../store/version-table.ts'
import { ModificationError } from './modification.ts'

/** Most bytes of the metadata of one image set (developer guide, "Endpoints and quotas"). */
const largestDocument = 50 * 1024 * 1024

/** An image set and one of its versions. */
export interface LoadedVersion {
  readonly imageSet: ImageSet
  readonly version: ImageSetVersion
}

/** A document that was written to a batch. */
export interface WrittenDocument {
  readonly documentPath: string
  readonly document: ImageSetMetadata
}

/**
 * Returns the image set and version of a modification.
 * @throws {TypeError} if one is missing, which locks prevent
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
 * @throws {ModificationError} if it is larger than the service allows
 */
export async function writeVersion(batch: Batch, document: ImageSetMetadata): Promise<WrittenDocument> {
  const text = serializeImageSetMetadata(document)
  if (Buffer.byteLength(text) > largestDocument) throw new ModificationError('The metadata would be larger than 50 MB')
  return { documentPath: await writeDocument(batch, text), document }
}

/** Returns an image set with the attributes of its new document. */
export function describedBy(document: ImageSetMetadata, imageSet: ImageSet, now: number): ImageSet {
  return { ...imageSet, ...documentAttributes(document), updatedAt: now }
}
