import type { IncomingMessage } from 'node:http'
import { ServiceError } from '../operation/service-error.ts'

/** Larger than any request of the API: copiableAttributes of CopyImageSet may have 260 000 characters. */
const largestBody = 1024 * 1024

/**
 * Reads the body of a request into memory. Reads on after the limit, so that a client that is still writing sees the
 * answer.
 * @throws {ServiceError} RequestEntityTooLargeException
 */
export async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let byteLength = 0
  for await (const chunk of bodyChunks(request)) {
    byteLength += chunk.byteLength
    if (byteLength <= largestBody) chunks.push(chunk)
  }
  if (byteLength > largestBody) throw tooLarge(largestBody)
  return Buffer.concat(chunks)
}

/** The body of a request as it comes. */
export async function* bodyChunks(request: IncomingMessage): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('Cannot read a request: its body is no bytes')
    yield chunk
  }
}

/** The error for a body of more than `largest` bytes. */
export function tooLarge(largest: number): ServiceError {
  return new ServiceError('RequestEntityTooLargeException', `The request body is larger than ${largest} bytes`)
}
