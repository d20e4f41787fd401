import type { BodyLimit } from '../http/body-limit.ts'
import type { HttpAnswer } from '../http/http-exchange.ts'
import type { HttpStream } from '../http/http-stream.ts'
import type { HttpTransport } from '../http/http-transport.ts'
import type { ImageSetRequest } from '../model/image-set-request.ts'
import type { GetDICOMInstanceOptions, GetImageFrameOptions } from '../model/request-options.ts'
import type { ServiceTarget } from './service-target.ts'
import { createSignedRequests, endpointOf, type UnsignedRequest } from './signed-requests.ts'

/** The operations that return bytes. Each call is one attempt and rejects with a `ServiceFailure`. */
export interface ImageSetBytes {
  getImageFrame(request: FrameRequest, signal: AbortSignal | undefined): Promise<HttpAnswer>
  streamImageFrame(request: FrameRequest, signal: AbortSignal | undefined): Promise<HttpStream>
  getImageSetMetadata(request: MetadataRequest, signal: AbortSignal | undefined): Promise<HttpAnswer>
  getDICOMInstance(request: InstanceRequest, signal: AbortSignal | undefined): Promise<HttpStream>
}

/** Longest bodies of answers with bytes. */
export interface ByteLimits {
  /** Longest frame that is read into memory. */
  readonly maxFrameByteLength: number
  /** Longest frame or instance that is streamed. */
  readonly maxStreamByteLength: number
}

interface MetadataRequest extends ImageSetRequest {
  readonly limit: BodyLimit
}

type FrameRequest = Omit<GetImageFrameOptions, 'signal'>

interface InstanceRequest extends Omit<GetDICOMInstanceOptions, 'signal'> {
  readonly transferSyntax: string
}

/** Creates the operations that return bytes. */
export function createImageSetBytes(
  target: ServiceTarget,
  transport: HttpTransport,
  limits: ByteLimits,
): ImageSetBytes {
  const requests = createSignedRequests(target, transport)
  const runtime = endpointOf(target.runtimeEndpoint)
  const dicom = endpointOf(target.dicomEndpoint)
  const streamLimit = { byteLength: limits.maxStreamByteLength, option: 'maxStreamByteLength' }
  return {
    getImageFrame: (request, signal) =>
      requests.send(
        runtime,
        { ...frameRequest(request, frameLimit(request, limits)), beginning: request.beginning },
        signal,
      ),
    streamImageFrame: (request, signal) => requests.stream(runtime, frameRequest(request, streamLimit), signal),
    getImageSetMetadata: ({ datastoreId, imageSetId, versionId, limit }, signal) => {
      const query = versionId === undefined ? '' : `version=${versionId}`
      const path = `${imageSetPath(datastoreId, imageSetId)}/getImageSetMetadata`
      return requests.send(
        runtime,
        { ...jsonPost, operation: 'GetImageSetMetadata', path, query, body: '', limit },
        signal,
      )
    },
    getDICOMInstance: async (request, signal) =>
      requests.stream(dicom, { ...instanceRequest(request), limit: streamLimit }, signal),
  }
}

/** Method and headers of JSON requests. */
export const jsonPost = { method: 'POST', headers: { 'content-type': 'application/json' } } as const

function frameLimit({ maxByteLength = Infinity }: FrameRequest, { maxFrameByteLength }: ByteLimits): BodyLimit {
  if (maxByteLength < maxFrameByteLength) return { byteLength: maxByteLength }
  return { byteLength: maxFrameByteLength, option: 'maxFrameByteLength' }
}

function frameRequest({ datastoreId, imageSetId, imageFrameId }: FrameRequest, limit: BodyLimit): UnsignedRequest {
  const path = `${imageSetPath(datastoreId, imageSetId)}/getImageFrame`
  return { ...jsonPost, operation: 'GetImageFrame', path, query: '', body: JSON.stringify({ imageFrameId }), limit }
}

/**
 * Returns the request Retrieve Instance of DICOMweb (PS3.18 10.4). AHI answers it with one file and not with multipart.
 */
function instanceRequest(request: InstanceRequest): Omit<UnsignedRequest, 'limit'> {
  const { datastoreId, studyInstanceUid, seriesInstanceUid, sopInstanceUid, imageSetId, transferSyntax } = request
  const path = `/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`
  return {
    operation: 'GetDICOMInstance',
    method: 'GET',
    path: `/datastore/${datastoreId}${path}`,
    query: imageSetId === undefined ? '' : `imageSetId=${imageSetId}`,
    headers: { accept: `application/dicom; transfer-syntax=${transferSyntax}` },
    body: '',
  }
}

/** Returns the path of an image set below an endpoint. */
export function imageSetPath(datastoreId: string, imageSetId: string): string {
  return `/datastore/${datastoreId}/imageSet/${imageSetId}`
}
