import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

import { ServiceFailure } from '../errors/service-failure.ts'

const inflate = promisify(gunzip)

/** Five times AHI's quota for the metadata of an image set. */
const largestDocument = 256 * 2 ** 20

/** The document itself: AHI sends it as gzip, something between may have inflated it. */
export async function inflated(document: Uint8Array): Promise<Uint8Array> {
  if (document[0] !== 0x1f || document[1] !== 0x8b) return document
  try {
    const { buffer, byteOffset, byteLength } = await inflate(document, { maxOutputLength: largestDocument })
    return new Uint8Array(buffer, byteOffset, byteLength)
  } catch (cause) {
    throw new ServiceFailure('AHI_RESPONSE', 'the metadata is gzip that cannot be inflated', { cause })
  }
}
