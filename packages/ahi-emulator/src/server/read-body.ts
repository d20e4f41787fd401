import type { IncomingMessage } from 'node:http'
import type { ChunkedPayload } from '../operation/received-request.ts'
import { ServiceError } from '../operation/service-error.ts'
import { decodeAwsChunked, isSignedChunk } from './aws-chunked.ts'
import { createPayloadChecksums } from './payload-checksums.ts'

/**
 * Most bytes of a body in memory. No request of the API is larger: copiableAttributes of CopyImageSet may have 260,000
 * characters.
 */
const largestBody = 1024 * 1024

/** The decoded body of a request, as a stream. */
export interface OpenBody {
  /** Throws a {@link ServiceError} if the body does not match its headers or trailers. */
  readonly data: AsyncIterable<Uint8Array>
  /** Chunks and trailers of an `aws-chunked` body. Complete after all data was read. */
  readonly payload: ChunkedPayload | undefined
}

/**
 * Reads the body of a request into memory. A larger body is read to its end, so that a client that is still writing
 * receives the answer.
 * @throws {ServiceError} RequestEntityTooLargeException if the body is too large
 */
export async function readBody({ data }: OpenBody): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let byteLength = 0
  for await (const chunk of data) {
    byteLength += chunk.byteLength
    if (byteLength <= largestBody) chunks.push(chunk)
  }
  if (byteLength > largestBody) throw tooLarge(largestBody)
  return Buffer.concat(chunks)
}

/**
 * Opens the body of a request. It is `aws-chunked` if Content-Encoding says so. Otherwise, if `x-amz-content-sha256`
 * begins with `STREAMING-`, the first bytes decide: a curl command in the developer guide sends a plain body with that
 * header.
 */
export async function openBody(request: IncomingMessage): Promise<OpenBody> {
  const { headers } = request
  const codings = (headers['content-encoding'] ?? '').toLowerCase()
  if (codings.split(',').some((coding) => coding.trim() === 'aws-chunked'))
    return openChunked(request, chunksOf(request))
  if (!String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-'))
    return openPlain(request, chunksOf(request))
  const chunks = chunksOf(request)
  const { value } = await chunks.next()
  const first = value ?? new Uint8Array(0)
  const all = joined(first, chunks)
  return isSignedChunk(first) ? openChunked(request, all) : openPlain(request, all)
}

function openPlain({ headers }: IncomingMessage, chunks: AsyncIterable<Uint8Array>): OpenBody {
  return { data: checked(chunks, headers, new Map()), payload: undefined }
}

function openChunked({ headers }: IncomingMessage, chunks: AsyncIterable<Uint8Array>): OpenBody {
  const { data, payload, trailers } = decodeAwsChunked(chunks)
  return { data: checked(data, headers, trailers), payload: { ...payload, trailers } }
}

async function* checked(
  data: AsyncIterable<Uint8Array>,
  headers: IncomingMessage['headers'],
  trailers: ReadonlyMap<string, string>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const checksums = createPayloadChecksums(headers)
  let byteLength = 0
  for await (const chunk of data) {
    byteLength += chunk.byteLength
    checksums.update(chunk)
    yield chunk
  }
  const stated = headers['x-amz-decoded-content-length']
  if (stated !== undefined && String(stated) !== String(byteLength)) {
    const message = `The request body has ${byteLength} bytes, which differs from x-amz-decoded-content-length`
    throw new ServiceError('MalformedHttpRequestException', message)
  }
  checksums.verify(trailers)
}

async function* chunksOf(request: IncomingMessage): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('Cannot read a request: its body does not consist of bytes')
    yield chunk
  }
}

async function* joined(
  first: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield first
  yield* rest
}

/** Returns the error for a body of more than `largest` bytes. */
export function tooLarge(largest: number): ServiceError {
  return new ServiceError('RequestEntityTooLargeException', `The request body is larger than ${largest} bytes`)
}
