import type http from 'node:http'

import { ServiceFailure } from '../errors/service-failure.ts'
import { type BodyLimit, longestErrorByteLength, tooLong } from './body-limit.ts'
import type { WatchedExchange } from './exchange-watch.ts'
import { freshMemory, type ReceiveMemory } from './receive-memory.ts'
import { declaredLength } from './single-headers.ts'
import { cutOff } from './socket-failure.ts'

/** Receives the body or the failure, once. */
export interface BodyReceiver {
  readonly done: (body: Uint8Array<ArrayBuffer>) => void
  readonly fail: (error: ServiceFailure) => void
}

interface BodyOptions {
  readonly memory: ReceiveMemory
  readonly limit: BodyLimit
  readonly watched: WatchedExchange
}

/** Receives a whole body. If Content-Length gives the size, the bytes go directly into `memory`. */
export function receiveBody(response: http.IncomingMessage, options: BodyOptions, receiver: BodyReceiver): void {
  const declared = declaredLength(response)
  if (declared === undefined) receiveUndeclared(response, options, receiver)
  else if (declared > options.limit.byteLength) receiver.fail(tooLong(options.limit, { isRetryable: true }))
  else receiveDeclared(response, declared, options, receiver)
}

function receiveDeclared(
  response: http.IncomingMessage,
  byteLength: number,
  { memory, watched }: BodyOptions,
  { done, fail }: BodyReceiver,
): void {
  const body = takeMemory(memory, byteLength)
  if (body instanceof ServiceFailure) {
    fail(body)
    return
  }
  response.on('data', (chunk: Uint8Array) => {
    // After an abort, the memory may already be in use again.
    if (response.destroyed) return
    body.set(chunk, watched.received)
    watched.received += chunk.length
  })
  response.on('error', (cause) => fail(cutOff(watched.received, byteLength, cause)))
  response.on('end', () => {
    if (watched.received < byteLength) fail(cutOff(watched.received, byteLength))
    else done(body)
  })
}

function takeMemory(memory: ReceiveMemory, byteLength: number): Uint8Array<ArrayBuffer> | ServiceFailure {
  try {
    const body = memory.take(byteLength)
    if (body.length === byteLength) return body
    throw new TypeError(`Expected \`take\` to return ${byteLength} bytes, got ${body.length}`)
  } catch (cause) {
    return new ServiceFailure('AHI_RESPONSE', `there is not enough memory for an answer of ${byteLength} bytes`, {
      cause,
    })
  }
}

function receiveUndeclared(
  response: http.IncomingMessage,
  { limit, watched }: BodyOptions,
  { done, fail }: BodyReceiver,
): void {
  const chunks: Uint8Array[] = []
  response.on('data', (chunk: Uint8Array) => {
    if (response.destroyed) return
    chunks.push(chunk)
    watched.received += chunk.length
    if (watched.received > limit.byteLength) fail(tooLong(limit, { isRetryable: true }))
  })
  response.on('error', (cause) => fail(cutOff(watched.received, undefined, cause)))
  response.on('end', () => done(joined(chunks, watched.received)))
}

/**
 * Receives the beginning of the body of an error. `done` is called even if the body breaks off, because the status
 * matters more than the end of the body.
 */
export function receiveError(
  response: http.IncomingMessage,
  watched: WatchedExchange,
  { done }: Pick<BodyReceiver, 'done'>,
): void {
  const chunks: Uint8Array[] = []
  const end = (): void => done(joined(chunks, watched.received))
  response.on('data', (chunk: Uint8Array) => {
    if (response.destroyed) return
    chunks.push(chunk)
    watched.received += chunk.length
    if (watched.received < longestErrorByteLength) return
    end()
    response.destroy()
  })
  response.on('error', end)
  response.on('end', end)
}

function joined(chunks: readonly Uint8Array[], byteLength: number): Uint8Array<ArrayBuffer> {
  const body = freshMemory.take(byteLength)
  let offset = 0
  for (const chunk of chunks) {
    body.set(chunk, offset)
    offset += chunk.length
  }
  return body
}
