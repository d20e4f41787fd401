import { createHash } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import type { Operation } from '../operation/operation.ts'
import type { Store } from '../store/store.ts'
import type { ChunkedPayload } from '../operation/received-request.ts'
import { openBody, readBody, tooLarge, type OpenBody } from './read-body.ts'

/** The body of a request, in memory or in a file. */
export interface ReceivedBody {
  /** Empty if the body is in a file. */
  readonly bytes: Uint8Array
  readonly file: string | undefined
  /** SHA-256 of the file, in hexadecimal digits. `undefined` if the body is in memory. */
  readonly sha256: string | undefined
  readonly byteLength: number
  readonly payload: ChunkedPayload | undefined
  /** Removes the file, if there is one. */
  remove(): Promise<void>
}

/**
 * Receives the body of a request into memory or into a file, as its operation requires.
 * @throws {ServiceError} RequestEntityTooLargeException if the body is too large
 */
export async function receiveBody(
  request: IncomingMessage,
  { operation, store }: { readonly operation: Operation | undefined; readonly store: Store },
): Promise<ReceivedBody> {
  const largest = operation?.largestBodyFile
  const body = await openBody(request)
  if (largest !== undefined) return receiveFile(request, body, { path: await store.newUpload(), largest })
  const bytes = await readBody(body)
  const { byteLength } = bytes
  const { payload } = body
  return { bytes, file: undefined, sha256: undefined, byteLength, payload, remove: () => Promise.resolve() }
}

async function receiveFile(
  request: IncomingMessage,
  body: OpenBody,
  { path, largest }: { readonly path: string; readonly largest: number },
): Promise<ReceivedBody> {
  const remove = (): Promise<void> => rm(path, { force: true })
  try {
    const received = await writeBody(request, body, { path, largest })
    return { bytes: new Uint8Array(0), file: path, ...received, payload: body.payload, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/**
 * Writes a body to a file. If its stated length is too large, nothing is written, but the body is read to its end, so
 * that a client that is still writing receives the answer.
 */
async function writeBody(
  request: IncomingMessage,
  body: OpenBody,
  { path, largest }: { readonly path: string; readonly largest: number },
): Promise<{ readonly sha256: string; readonly byteLength: number }> {
  const isTooLarge = statedLength(request) > largest
  const hash = createHash('sha256')
  await using file = await open(path, 'wx')
  let byteLength = 0
  for await (const chunk of body.data) {
    byteLength += chunk.byteLength
    if (isTooLarge || byteLength > largest) continue
    hash.update(chunk)
    await file.appendFile(chunk)
  }
  if (byteLength > largest) throw tooLarge(largest)
  return { sha256: hash.digest('hex'), byteLength }
}

/**
 * Returns the stated length of the decoded body, or 0 if it is not stated. An `aws-chunked` body is longer before
 * decoding.
 */
function statedLength({ headers }: IncomingMessage): number {
  return Number(headers['x-amz-decoded-content-length'] ?? headers['content-length'] ?? 0)
}
