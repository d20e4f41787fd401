import type http from 'node:http'

import type { BodyBeginning } from '../model/request-options.ts'
import { type BodyLimit, tooLong } from './body-limit.ts'
import type { WatchedExchange } from './exchange-watch.ts'
import { freshMemory } from './receive-memory.ts'
import type { BodyReceiver } from './received-body.ts'
import { declaredLength } from './single-headers.ts'
import { cutOff } from './socket-failure.ts'

interface BeginningOptions {
  readonly limit: BodyLimit
  readonly watched: WatchedExchange
  readonly beginning: BodyBeginning
}

interface BeginningReceiver extends BodyReceiver {
  /** Gets what `beginning` throws, which is no failure of the service. */
  readonly refuse: (error: unknown) => void
}

/**
 * A body with no more bytes left than this is read whole, so that its connection can be used again. A new one takes two round
 * trips (TCP, TLS 1.3), and begins with ten segments in flight: in that time a connection in use carries about as many bytes,
 * at 25 ms a round trip and 5 MB a second.
 */
const cheapRest = 256 * 1024

const firstCapacity = 64 * 1024

/**
 * Receives a body as far as `beginning` asks for it, and closes the connection: HTTP/1.1 knows no other way to leave the rest.
 * What had come is the body. A rest that is cheaper than a new connection is received, too.
 */
export function receiveBeginning(
  response: http.IncomingMessage,
  { limit, watched, beginning }: BeginningOptions,
  { done, fail, refuse }: BeginningReceiver,
): void {
  const declared = declaredLength(response)
  if (declared !== undefined && declared > limit.byteLength) {
    fail(tooLong(limit, { isRetryable: true }))
    return
  }
  let bytes = freshMemory.take(Math.min(declared ?? firstCapacity, firstCapacity))
  let needed = 1

  function hasEnough(): boolean {
    while (watched.received >= needed) {
      const asked = beginning(bytes.subarray(0, watched.received)) ?? Infinity
      if (asked <= watched.received) return true
      needed = asked
    }
    return false
  }

  function receive(chunk: Uint8Array): void {
    if (response.destroyed) return
    bytes = withRoom(bytes, watched.received + chunk.length, declared)
    bytes.set(chunk, watched.received)
    watched.received += chunk.length
    if (watched.received > limit.byteLength) {
      fail(tooLong(limit, { isRetryable: true }))
      return
    }
    const isRestCheap = declared !== undefined && declared - watched.received <= cheapRest
    if (isRestCheap || !hasEnough()) return
    done(ownBytes(bytes, watched.received))
    response.destroy()
  }

  response.on('data', (chunk: Uint8Array) => {
    try {
      receive(chunk)
    } catch (error) {
      refuse(error)
    }
  })
  response.on('error', (cause) => fail(cutOff(watched.received, declared, cause)))
  response.on('end', () => {
    if (declared !== undefined && watched.received < declared) fail(cutOff(watched.received, declared))
    else done(ownBytes(bytes, watched.received))
  })
}

function withRoom(
  bytes: Uint8Array<ArrayBuffer>,
  byteLength: number,
  most: number | undefined,
): Uint8Array<ArrayBuffer> {
  if (byteLength <= bytes.length) return bytes
  const larger = freshMemory.take(Math.max(byteLength, Math.min(2 * bytes.length, most ?? Infinity)))
  larger.set(bytes)
  return larger
}

/** The bytes in an `ArrayBuffer` of their own. */
function ownBytes(bytes: Uint8Array<ArrayBuffer>, byteLength: number): Uint8Array<ArrayBuffer> {
  return byteLength === bytes.length ? bytes : bytes.slice(0, byteLength)
}
