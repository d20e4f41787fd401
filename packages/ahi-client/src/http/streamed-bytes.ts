import { crc32 } from 'node:zlib'

import type { HttpStream } from './http-stream.ts'
import { declaredLength } from './single-headers.ts'
import { ServiceFailure } from '../errors/service-failure.ts'

/** Bytes that are read as they come. */
export interface StreamedBytes {
  /** Media type. */
  readonly contentType: string | undefined
  /** How many there will be; `undefined` where the service does not say. */
  readonly byteLength: number | undefined
  /** The bytes, to be read once. */
  readonly data: AsyncIterable<Uint8Array>
}

/** How a body that broke off is gone on with. */
export interface Continuation {
  /** Asks for the same again. */
  readonly reopen: () => Promise<HttpStream>
  /** Waits before that; throws what is to end it all. */
  readonly backOff: (error: unknown) => Promise<void>
  /** What the reader gets for an error. */
  readonly errorOf: (error: unknown) => unknown
}

/** The bytes of an answer, and of those after it where a body broke off. */
export function streamedBytes(first: HttpStream, continuation: Continuation): StreamedBytes {
  const chunks = continued(first, continuation)
  let isStarted = false
  const iterator = {
    next: () => {
      isStarted = true
      return chunks.next()
    },
    return: () => {
      // A generator that has not begun has nothing to clean up, but the answer is there.
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

interface Given {
  byteLength: number
  /** CRC-32. */
  checksum: number
}

async function* continued(
  first: HttpStream,
  { reopen, backOff, errorOf }: Continuation,
): AsyncGenerator<Uint8Array, void, undefined> {
  const given: Given = { byteLength: 0, checksum: 0 }
  let stream = first
  try {
    for (;;) {
      try {
        for await (const chunk of bytesAfter({ ...given }, stream)) {
          given.byteLength += chunk.length
          given.checksum = crc32(chunk, given.checksum)
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

/** The body without what was given of it before, which has to be the same again. */
async function* bytesAfter(given: Given, { body }: HttpStream): AsyncGenerator<Uint8Array, void, undefined> {
  const again: Given = { byteLength: 0, checksum: 0 }
  for await (const chunk of body) {
    const known = Math.min(chunk.length, given.byteLength - again.byteLength)
    if (known > 0) {
      again.byteLength += known
      again.checksum = crc32(chunk.subarray(0, known), again.checksum)
      if (again.byteLength === given.byteLength && again.checksum !== given.checksum) throw new ChangedObject()
    }
    if (known < chunk.length) yield known === 0 ? chunk : chunk.subarray(known)
  }
  if (again.byteLength < given.byteLength) throw new ChangedObject()
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

/** What was asked for again is not what it was. Going on would join two objects; starting anew may succeed. */
class ChangedObject extends ServiceFailure {
  constructor() {
    super('AHI_RESPONSE', 'the object changed while it was being read', { statusCode: 200, retryable: true })
  }
}
