import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

import { failureOfAnswer } from './error-answer.ts'
import type { HttpAnswer, HttpTransport } from './http-exchange.ts'
import type { Connection, ImageSetRequest } from './medical-imaging.ts'
import { ServiceFailure } from './service-failure.ts'
import { createRequestSigner } from './signature.ts'

/** The two operations whose answers are bytes. Each call is one attempt; what fails is a `ServiceFailure`. */
export interface ImageSetBytes {
  getImageFrame(request: FrameRequest, signal: AbortSignal | undefined): Promise<HttpAnswer>
  getImageSetMetadata(request: ImageSetRequest, signal: AbortSignal | undefined): Promise<HttpAnswer>
}

/** One frame. */
interface FrameRequest {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly imageFrameId: string
}

/**
 * These go past the SDK's middleware, whose time per request (0.6 ms warm, 1.5 ms in the first hundreds) is several
 * times that of the request itself; the SDK's endpoint, credentials and clock are used.
 */
export function createImageSetBytes(connection: Connection, transport: HttpTransport): ImageSetBytes {
  const { runtimeEndpoint: endpoint, region } = connection
  const signer = createRequestSigner(region)
  const address = {
    protocol: endpoint.protocol,
    hostname: endpoint.hostname,
    port: endpoint.port === '' ? undefined : Number(endpoint.port),
    method: 'POST',
  }
  const basePath = endpoint.pathname.replace(/\/$/, '')

  async function post(path: string, query: string, body: string, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    const credentials = await connection.credentials()
    const headers: Record<string, string> = { host: endpoint.host, 'content-type': 'application/json' }
    const unsigned = { path: `${basePath}${path}`, query, headers, body }
    const signed = signer.sign(unsigned, credentials, new Date(Date.now() + connection.clockOffsetMs))
    signed['user-agent'] = 'ahi-dicom'
    const target = query === '' ? unsigned.path : `${unsigned.path}?${query}`
    const answer = await transport.send({ ...address, path: target, headers: signed, body }, signal)
    if (answer.statusCode !== 200) throw failureOfAnswer(answer)
    return answer
  }

  return {
    getImageFrame: ({ datastoreId, imageSetId, imageFrameId }, signal) =>
      post(`${imageSetPath(datastoreId, imageSetId)}/getImageFrame`, '', JSON.stringify({ imageFrameId }), signal),
    getImageSetMetadata: ({ datastoreId, imageSetId, versionId }, signal) => {
      const query = versionId === undefined ? '' : `version=${versionId}`
      return post(`${imageSetPath(datastoreId, imageSetId)}/getImageSetMetadata`, query, '', signal)
    },
  }
}

function imageSetPath(datastoreId: string, imageSetId: string): string {
  return `/datastore/${datastoreId}/imageSet/${imageSetId}`
}

const inflate = promisify(gunzip)

/** Five times AHI's quota for the metadata of an image set. */
const LARGEST_DOCUMENT = 256 * 2 ** 20

/** The document itself: AHI sends it as gzip, something between may have inflated it. */
export async function inflated(document: Uint8Array): Promise<Uint8Array> {
  if (document[0] !== 0x1f || document[1] !== 0x8b) return document
  try {
    const { buffer, byteOffset, byteLength } = await inflate(document, { maxOutputLength: LARGEST_DOCUMENT })
    return new Uint8Array(buffer, byteOffset, byteLength)
  } catch (cause) {
    throw new ServiceFailure('AHI_RESPONSE', 'the metadata is gzip that cannot be inflated', { cause })
  }
}
