import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

import {
  type ImageSetMetadata,
  MetadataDocumentError,
  parseImageSetMetadata,
  type ResolvedDocumentLimits,
} from '@ahi-dicom/ahi-metadata'

import { ServiceFailure } from '../errors/service-failure.ts'
import type { ImageSetRequest } from '../model/image-set-request.ts'
import { damaged } from './json-members.ts'

/** The metadata document of an image set. */
export interface MetadataDocument {
  /** The JSON as UTF-8. */
  readonly json: Uint8Array
  readonly metadata: ImageSetMetadata
}

const inflate = promisify(gunzip)

/**
 * Reads the answer of GetImageSetMetadata, gzipped or not. Throws a `ServiceFailure` if it is damaged, too large or the
 * document of another image set.
 */
export async function readMetadata(
  body: Uint8Array,
  { datastoreId, imageSetId }: ImageSetRequest,
  limits: ResolvedDocumentLimits,
): Promise<MetadataDocument> {
  const json = await inflated(body, limits.maxByteLength)
  const metadata = parsed(json, limits)
  if (metadata.ImageSetID === imageSetId && metadata.DatastoreID === datastoreId) return { json, metadata }
  throw damaged('the metadata describe another image set')
}

/**
 * Inflates the body if it is gzip. AHI sends gzip, but a proxy may have inflated it already. Inflating runs outside
 * this thread.
 */
async function inflated(body: Uint8Array, maxOutputLength: number): Promise<Uint8Array> {
  if (body[0] !== 0x1f || body[1] !== 0x8b) return body
  try {
    const { buffer, byteOffset, byteLength } = await inflate(body, { maxOutputLength })
    return new Uint8Array(buffer, byteOffset, byteLength)
  } catch (cause) {
    if (!isTooLarge(cause)) throw damaged('the gzip data of the metadata cannot be inflated', cause)
    const reason = `the metadata unpack to more than ${maxOutputLength} bytes, the limit \`maxByteLength\``
    throw new ServiceFailure('AHI_TOO_LARGE', reason, { statusCode: 200, cause })
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
}

function parsed(json: Uint8Array, limits: ResolvedDocumentLimits): ImageSetMetadata {
  try {
    return parseImageSetMetadata(json, { ...limits, isWhole: true })
  } catch (cause) {
    if (!(cause instanceof MetadataDocumentError)) throw cause
    const code = cause.code.startsWith('METADATA_TOO_') ? 'AHI_TOO_LARGE' : 'AHI_RESPONSE'
    // Not repeated if too large: the document would be as large again.
    throw new ServiceFailure(code, cause.message, { statusCode: 200, retryable: code === 'AHI_RESPONSE', cause })
  }
}
