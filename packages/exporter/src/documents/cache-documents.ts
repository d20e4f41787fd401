import { parseImageSetMetadata, serializeImageSetMetadata, type ImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import type { DocumentKey, DocumentStore } from '@ahi-dicom/export-files'
import type { ExporterClient } from '../selection/client.ts'
import { delegate } from './delegate.ts'

/** Options of {@link cacheDocuments}. */
export interface CacheDocumentsOptions {
  /**
   * Called if the store cannot be read or written. The document is then fetched from AHI. Default: the error is
   * ignored.
   */
  readonly onFailure?: ((error: unknown) => void) | undefined
}

/**
 * Returns a client that keeps the metadata documents it reads in a store, and reads them from there the next time. The
 * key of a document is its data store, image set and version, so only requests with a version use the store. If a
 * stored document is damaged or belongs to another image set, it is fetched again.
 *
 * @example
 * import { createAhiClient } from '@ahi-dicom/ahi-client'
 * import { cacheDocuments, createExporter } from '@ahi-dicom/exporter'
 * import { documentFolder } from '@ahi-dicom/exporter-fs'
 *
 * await using ahi = createAhiClient()
 * const client = cacheDocuments(ahi, documentFolder({ directory: './cache' }))
 * await using exporter = createExporter({ client })
 * console.log((await exporter.metadata({ datastoreId, imageSetId })).ImageSetID)
 */
export function cacheDocuments(
  client: ExporterClient,
  store: DocumentStore,
  { onFailure = () => {} }: CacheDocumentsOptions = {},
): ExporterClient {
  async function kept(key: DocumentKey): Promise<ImageSetMetadata | undefined> {
    try {
      const bytes = await store.read(key)
      return bytes && parsed(bytes, key)
    } catch (error) {
      onFailure(error)
      return undefined
    }
  }

  async function keep(key: DocumentKey, metadata: ImageSetMetadata): Promise<void> {
    try {
      await store.write(key, Buffer.from(serializeImageSetMetadata(metadata)))
    } catch (error) {
      onFailure(error)
    }
  }

  return delegate(client, {
    async getImageSetMetadata(request) {
      const { datastoreId, imageSetId, versionId, signal } = request
      if (versionId === undefined) return await client.getImageSetMetadata(request)
      const key = { datastoreId, imageSetId, versionId }
      signal?.throwIfAborted()
      const known = await kept(key)
      signal?.throwIfAborted()
      if (known !== undefined) return known
      const metadata = await client.getImageSetMetadata(request)
      await keep(key, metadata)
      return metadata
    },
  })
}

/** The client has its own limits, and the document was within them when it was fetched. */
const limits = { maxByteLength: 2 ** 29 }

/** Returns undefined if the bytes are not a document, or the document of another image set. */
function parsed(bytes: Uint8Array, { datastoreId, imageSetId }: DocumentKey): ImageSetMetadata | undefined {
  try {
    const metadata = parseImageSetMetadata(bytes, limits)
    return metadata.DatastoreID === datastoreId && metadata.ImageSetID === imageSetId ? metadata : undefined
  } catch {
    return undefined
  }
}
