import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Operation, OperationContext, OperationResponse } from './operation.ts'
import { createRouter } from './router.ts'
import type { Router } from './router.ts'
import { ServiceError } from './service-error.ts'

/** Larger than any request of the API: copiableAttributes of CopyImageSet may have 260 000 characters. */
const LARGEST_BODY = 1024 * 1024

/** Makes the HTTP server of a table of operations; it does not listen yet. */
export function createHttpServer(operations: readonly Operation[], context: OperationContext): Server {
  const router = createRouter(operations)
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    void answer(request, { router, context })
      .then((result) => send(response, result))
      .catch((error: unknown) => sendError(response, error))
  })
  // A client that writes no HTTP gets the error that the service's front end gives.
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  return server
}

async function answer(
  request: IncomingMessage,
  { router, context }: { readonly router: Router; readonly context: OperationContext },
): Promise<OperationResponse> {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2)
  const route = router(request.method ?? '', path)
  if (route === undefined) {
    request.resume()
    throw new ServiceError('UnknownOperationException', 'The requested operation is not recognized by the service.')
  }
  const body = await readBody(request)
  const { operation, parameters } = route
  return operation.run({ parameters, query: new URLSearchParams(query), headers: request.headers, body }, context)
}

/** Reads on after the limit, so that a client that is still writing sees the answer. */
async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let byteLength = 0
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('Cannot read a request: its body is no bytes')
    byteLength += chunk.byteLength
    if (byteLength <= LARGEST_BODY) chunks.push(chunk)
  }
  if (byteLength > LARGEST_BODY) {
    throw new ServiceError('RequestEntityTooLargeException', `The request body is larger than ${LARGEST_BODY} bytes`)
  }
  return Buffer.concat(chunks)
}

async function send(response: ServerResponse, result: OperationResponse): Promise<void> {
  if ('stream' in result) {
    const { stream, contentType, byteLength } = result
    writeHead(response, { 'Content-Type': contentType, 'Content-Length': byteLength })
    await pipeline(withWarning(stream, response), response)
  } else if ('json' in result) {
    sendBytes(response, Buffer.from(JSON.stringify(result.json)), { 'Content-Type': 'application/json' })
  } else {
    if (result.release !== undefined) response.once('close', result.release)
    sendBytes(response, result.bytes, {
      'Content-Type': result.contentType,
      'Content-Encoding': result.contentEncoding,
    })
  }
}

/** The answer has begun: what fails now shows in the process alone. It does not count once the client has gone. */
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

function sendBytes(response: ServerResponse, bytes: Uint8Array, headers: OutgoingHttpHeaders): void {
  writeHead(response, { ...headers, 'Content-Length': bytes.byteLength })
  response.end(bytes)
}

/** Headers that are `undefined` are left out. */
function writeHead(response: ServerResponse, headers: OutgoingHttpHeaders): void {
  const given = Object.entries(headers).filter(([, value]) => value !== undefined)
  response.writeHead(200, { ...Object.fromEntries(given), 'x-amzn-RequestId': randomUUID() })
}

function sendError(response: ServerResponse, error: unknown): void {
  // Nobody is left to tell: the client has gone, or its connection was cut in the middle of a stream.
  if (response.destroyed) return
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

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}
