import { randomUUID } from 'node:crypto'
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { BodyFaults } from '../faults/fault-plan.ts'
import { ConnectionCut, faultyBody } from '../faults/faulty-body.ts'
import type { OperationResponse } from '../operation/operation.ts'
import { ServiceError } from '../operation/service-error.ts'

/**
 * A connection is ended if the client reads nothing for this long, because its answer may hold memory that others need.
 */
const mostStalledMs = 60_000

/** Sends the answer of an operation, with faults applied to its body. */
export async function sendAnswer(
  response: ServerResponse,
  result: OperationResponse,
  faults: BodyFaults | undefined,
): Promise<void> {
  if ('stream' in result) {
    const { stream, contentType, byteLength } = result
    await sendStream(
      response,
      { chunks: withWarning(stream, response), byteLength, faults },
      { 'Content-Type': contentType },
    )
  } else if ('json' in result) {
    await sendBytes(response, Buffer.from(JSON.stringify(result.json)), { 'Content-Type': 'application/json' }, faults)
  } else {
    if (result.release !== undefined) response.once('close', result.release)
    const headers = { 'Content-Type': result.contentType, 'Content-Encoding': result.contentEncoding }
    response.statusCode = result.statusCode ?? 200
    await sendBytes(response, result.bytes, headers, faults)
  }
}

/**
 * Sends an error of the service. Any other error is sent as InternalServerException and emitted as a process warning.
 */
export function sendError(response: ServerResponse, error: unknown): void {
  // No error can be sent: the client has gone, or the answer has already begun.
  if (response.destroyed || response.headersSent) {
    response.destroy()
    return
  }
  const serviceError =
    error instanceof ServiceError ? error : new ServiceError('InternalServerException', 'The emulator failed')
  if (serviceError !== error) warn(error)
  const body = Buffer.from(JSON.stringify({ message: serviceError.message }))
  response.writeHead(serviceError.statusCode, {
    'Content-Type': 'application/json',
    'Content-Length': body.byteLength,
    'x-amzn-ErrorType': serviceError.code,
    'x-amzn-RequestId': randomUUID(),
  })
  response.end(body)
}

async function sendBytes(
  response: ServerResponse,
  bytes: Uint8Array,
  headers: OutgoingHttpHeaders,
  faults: BodyFaults | undefined,
): Promise<void> {
  const { byteLength } = bytes
  if (faults !== undefined) {
    await sendStream(response, { chunks: oneChunk(bytes), byteLength, faults }, headers)
    return
  }
  if (byteLength > largestChunk) {
    await sendStream(response, { chunks: smallChunks(bytes), byteLength, faults }, headers)
    return
  }
  writeHead(response, { ...headers, 'Content-Length': byteLength })
  response.end(bytes)
}

/** Larger bodies are sent in chunks. Bytes count as sent once the socket has them, even if the client leaves early. */
const largestChunk = 512 * 1024
const smallChunk = 64 * 1024

async function* smallChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.byteLength; at += smallChunk) yield bytes.subarray(at, at + smallChunk)
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}

async function sendStream(
  response: ServerResponse,
  body: {
    readonly chunks: AsyncIterable<Uint8Array>
    readonly byteLength: number | undefined
    readonly faults: BodyFaults | undefined
  },
  headers: OutgoingHttpHeaders,
): Promise<void> {
  const { faults } = body
  const sent = faults === undefined ? body : faultyBody(body, { faults, wait: (ms) => wait(ms) })
  writeHead(response, { ...headers, 'Content-Length': sent.byteLength })
  response.setTimeout(mostStalledMs, () => {
    if (response.writableNeedDrain) response.destroy()
  })
  try {
    await pipeline(sent.chunks, response)
  } catch (error) {
    if (!(error instanceof ConnectionCut)) throw error
  }
}

/**
 * Emits a process warning if a stream fails, because no error can be sent once the answer has begun. Not if the client
 * has gone.
 */
async function* withWarning(
  stream: AsyncIterable<Uint8Array>,
  response: ServerResponse,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* stream
  } catch (error) {
    if (!response.destroyed) warn(error)
    throw error
  }
}

/** Writes the headers of an answer, without those that are `undefined`. */
function writeHead(response: ServerResponse, headers: OutgoingHttpHeaders): void {
  const given = Object.entries(headers).filter(([, value]) => value !== undefined)
  response.writeHead(response.statusCode, { ...Object.fromEntries(given), 'x-amzn-RequestId': randomUUID() })
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}
