import { crc32 } from 'node:zlib'

import type { HttpStream } from './http-stream.ts'
import { declaredLength } from './single-headers.ts'
import { ServiceFailure } from '../errors/service-failure.ts'

/** A stream of bytes. */
export interface StreamedBytes {
  /** Media type. */
  readonly contentType: string | undefined
  /** Length in bytes. `undefined` if the service does not send it. */
  readonly byteLength: number | undefined
  /** The bytes. Read them once. */
  readonly data: AsyncIterable<Uint8Array>
}

/** How to continue a body that broke off. */
export interface Continuation {
  /** Sends the same request again. */
  readonly reopen: () => Promise<HttpStream>
  /** Waits before the next request. Throws an error that ends the stream. */
  readonly backOff: (error: unknown) => Promise<void>
  /** Returns the error that the reader gets. */
  readonly errorOf: (error: unknown) => unknown
}

/** Returns the bytes of an answer. If its body breaks off, the request is sent again and the bytes continue. */
export function streamedBytes(first: HttpStream, continuation: Continuation): StreamedBytes {
  const chunks = continued(first, continuation)
  let isStarted = false
  const iterator = {
    next: () => {
      isStarted = true
      return chunks.next()
    },
    return: () => {
      // A generator that has not started has nothing to clean up, but the answer is open.
      if (!isStarted) first.destroy()
      return chunks.return()
    },
  }
  return {
    contentType: first.headers['content-type'],
    byteLength: declaredLength(first),
    data: { [Symbol.asyncIterator]: () => iterator },
  }
}

interface Delivered {
  byteLength: number
  /** CRC-32 of the bytes. */
  checksum: number
}

async function* continued(
  first: HttpStream,
  { reopen, backOff, errorOf }: Continuation,
): AsyncGenerator<Uint8Array, void, undefined> {
  const delivered: Delivered = { byteLength: 0, checksum: 0 }
  let stream = first
  try {
    for (;;) {
      try {
        for await (const chunk of bytesAfter({ ...delivered }, stream)) {
          delivered.byteLength += chunk.length
          delivered.checksum = crc32(chunk, delivered.checksum)
          yield chunk
        }
        return
      } catch (error) {
        if (error instanceof ChangedObject) throw error
        await backOff(error)
      }
      stream = await reopen()
      checkSame(first, stream)
    }
  } catch (error) {
    throw errorOf(error)
  }
}

/** Yields the body without the bytes that were delivered before. Throws if those differ in the new body. */
async function* bytesAfter(delivered: Delivered, { body }: HttpStream): AsyncGenerator<Uint8Array, void, undefined> {
  const again: Delivered = { byteLength: 0, checksum: 0 }
  for await (const chunk of body) {
    const known = Math.min(chunk.length, delivered.byteLength - again.byteLength)
    if (known > 0) {
      again.byteLength += known
      again.checksum = crc32(chunk.subarray(0, known), again.checksum)
      if (again.byteLength === delivered.byteLength && again.checksum !== delivered.checksum) throw new ChangedObject()
    }
    if (known < chunk.length) yield known === 0 ? chunk : chunk.subarray(known)
  }
  if (again.byteLength < delivered.byteLength) throw new ChangedObject()
}

function checkSame(first: HttpStream, again: HttpStream): void {
  const names = ['content-length', 'etag', 'last-modified']
  const differs = (name: string): boolean => {
    const [before, now] = [first.headers[name], again.headers[name]]
    return before !== undefined && now !== undefined && before !== now
  }
  if (!names.some(differs)) return
  again.destroy()
  throw new ChangedObject()
}

/** The new answer differs from the first. Continuing would join two objects; starting over may succeed. */
class ChangedObject extends ServiceFailure {
  constructor() {
    super('AHI_RESPONSE', 'the object changed while it was being read', { statusCode: 200, retryable: true })
  }
}
