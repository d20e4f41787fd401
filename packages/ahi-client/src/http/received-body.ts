import type http from 'node:http'

import { ServiceFailure } from '../errors/service-failure.ts'
import { freshMemory, type ReceiveMemory } from './receive-memory.ts'
import { cutOff } from './socket-failure.ts'

/** Gets the body or the failure, once. */
export interface BodyReceiver {
  readonly done: (body: Uint8Array<ArrayBuffer>) => void
  readonly fail: (error: ServiceFailure) => void
}

/** Receives a body whole: straight into its final place in `memory` if Content-Length tells the size. */
export function receiveBody(response: http.IncomingMessage, memory: ReceiveMemory, receiver: BodyReceiver): void {
  const declared = response.headers['content-length']
  if (declared === undefined) receiveUndeclared(response, receiver)
  else receiveDeclared(response, Number(declared), memory, receiver)
}

function receiveDeclared(
  response: http.IncomingMessage,
  byteLength: number,
  memory: ReceiveMemory,
  { done, fail }: BodyReceiver,
): void {
  const body = takeMemory(memory, byteLength)
  if (body instanceof ServiceFailure) {
    fail(body)
    return
  }
  let received = 0
  response.on('data', (chunk: Uint8Array) => {
    // The memory of a request that has been aborted may be in use again.
    if (response.destroyed) return
    body.set(chunk, received)
    received += chunk.length
  })
  response.on('error', (cause) => fail(cutOff(received, byteLength, cause)))
  response.on('end', () => {
    if (received < byteLength) fail(cutOff(received, byteLength))
    else done(body)
  })
}

function takeMemory(memory: ReceiveMemory, byteLength: number): Uint8Array<ArrayBuffer> | ServiceFailure {
  try {
    const body = memory.take(byteLength)
    if (body.length === byteLength) return body
    throw new TypeError(`Expected \`take\` to give ${byteLength} bytes, got ${body.length}`)
  } catch (cause) {
    return new ServiceFailure('AHI_RESPONSE', `there is no memory for an answer of ${byteLength} bytes`, { cause })
  }
}

function receiveUndeclared(response: http.IncomingMessage, { done, fail }: BodyReceiver): void {
  const chunks: Uint8Array[] = []
  let received = 0
  response.on('data', (chunk: Uint8Array) => {
    chunks.push(chunk)
    received += chunk.length
  })
  response.on('error', (cause) => fail(cutOff(received, undefined, cause)))
  response.on('end', () => done(joined(chunks, received)))
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
