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
  /** Receives an error that `beginning` threw, which is not a failure of the service. */
  readonly refuse: (error: unknown) => void
}

/**
 * If at most this many bytes of a body are left, they are read too, so that the connection can be used again. A new
 * connection takes two round trips (TCP, TLS 1.3) and starts with ten segments in flight. In that time a connection in
 * use carries about as many bytes, at 25 ms per round trip and 5 MB/s.
 */
const smallRest = 256 * 1024

const firstCapacity = 64 * 1024

/**
 * Receives a body as far as `beginning` requests, and then closes the connection, because HTTP/1.1 has no other way to
 * skip the rest. If the rest is small, it is received too and the connection stays open.
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
      const requested = beginning(bytes.subarray(0, watched.received)) ?? Infinity
      if (requested <= watched.received) return true
      needed = requested
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
    const isRestSmall = declared !== undefined && declared - watched.received <= smallRest
    if (isRestSmall || !hasEnough()) return
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

/** Returns the bytes in an `ArrayBuffer` that holds nothing else. */
function ownBytes(bytes: Uint8Array<ArrayBuffer>, byteLength: number): Uint8Array<ArrayBuffer> {
  return byteLength === bytes.length ? bytes : bytes.slice(0, byteLength)
}
