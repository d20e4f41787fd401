import http from 'node:http'
import https from 'node:https'

import { ServiceFailure } from '../errors/service-failure.ts'
import { type HttpStream, singleHeaders, streamedAnswer } from './http-stream.ts'
import { cutOff, failureOfSocket, silent } from './socket-failure.ts'

/** One HTTP request, as it goes on the wire. */
export interface HttpRequest {
  readonly protocol: string
  /** An IPv6 address may be in brackets. */
  readonly hostname: string
  readonly port: number | undefined
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
}

/** One HTTP answer with its whole body, whose bytes have an `ArrayBuffer` of their own. */
export interface HttpAnswer {
  readonly statusCode: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array<ArrayBuffer>
}

/** Sends requests over sockets that stay open between them. */
export interface HttpTransport {
  /** Rejects with a {@link ServiceFailure}, or with the reason of `signal`. Resolves for every status. */
  send(request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpAnswer>
  /** As `send`, but resolves with the head of the answer; the body is then read as fast as it is asked for. */
  stream(request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpStream>
  /** Ends all sockets, those in use too. */
  close(): void
}

/** Bounds of a transport. */
export interface HttpTransportOptions {
  readonly maxConnections: number
  /** How long a socket may be silent during a request, in milliseconds. */
  readonly timeoutMs: number
}

/** Makes a transport. No socket is opened before the first request. */
export function createHttpTransport({ maxConnections, timeoutMs }: HttpTransportOptions): HttpTransport {
  const options = { keepAlive: true, maxSockets: maxConnections, maxFreeSockets: maxConnections, timeout: timeoutMs }
  const agents = { http: new http.Agent(options), https: new https.Agent(options) }
  return {
    send: (request, signal) => exchange(request, agents, timeoutMs, signal),
    stream: async (request, signal) => {
      signal?.throwIfAborted()
      return streamedAnswer(open(request, agents, timeoutMs), { body: request.body, timeoutMs, signal })
    },
    close: () => {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

interface Agents {
  readonly http: http.Agent
  readonly https: https.Agent
}

function exchange(
  request: HttpRequest,
  agents: Agents,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const sent = open(request, agents, timeoutMs)
    const abort = (): void => {
      reject(signal?.reason)
      sent.destroy()
    }
    const fail = (error: unknown): void => {
      signal?.removeEventListener('abort', abort)
      reject(error instanceof ServiceFailure ? error : failureOfSocket(error))
      sent.destroy()
    }
    sent.on('error', fail)
    sent.on('timeout', () => fail(silent(timeoutMs)))
    sent.on('response', (response) => {
      collectBody(response, fail, (body) => {
        signal?.removeEventListener('abort', abort)
        resolve({ statusCode: response.statusCode ?? 0, headers: singleHeaders(response), body })
      })
    })
    signal?.addEventListener('abort', abort, { once: true })
    sent.end(request.body)
  })
}

function open(request: HttpRequest, agents: Agents, timeoutMs: number): http.ClientRequest {
  const secure = request.protocol === 'https:'
  return (secure ? https : http).request({
    agent: secure ? agents.https : agents.http,
    host: request.hostname.startsWith('[') ? request.hostname.slice(1, -1) : request.hostname,
    port: request.port,
    method: request.method,
    path: request.path,
    headers: request.headers,
    timeout: timeoutMs,
  })
}

/** Collects the body straight into its final place when Content-Length tells the size. */
function collectBody(
  response: http.IncomingMessage,
  fail: (error: unknown) => void,
  done: (body: Uint8Array<ArrayBuffer>) => void,
): void {
  const declared = response.headers['content-length']
  let body: Uint8Array<ArrayBuffer>
  let received = 0
  try {
    body = allocate(declared === undefined ? 0 : Number(declared))
  } catch (cause) {
    fail(new ServiceFailure('AHI_RESPONSE', `an answer of ${declared} bytes does not fit in memory`, { cause }))
    return
  }
  response.on('data', (chunk: Uint8Array) => {
    if (received + chunk.length > body.length) body = grown(body, received + chunk.length)
    body.set(chunk, received)
    received += chunk.length
  })
  response.on('error', (cause) => fail(cutOff(received, declared, cause)))
  response.on('end', () => {
    if (declared !== undefined && received < body.length) fail(cutOff(received, declared))
    else done(received === body.length ? body : body.slice(0, received))
  })
}

/** Not from the pool of small buffers: the memory is to be handed to another thread. */
function allocate(byteLength: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(byteLength).buffer)
}

function grown(body: Uint8Array<ArrayBuffer>, atLeast: number): Uint8Array<ArrayBuffer> {
  const larger = allocate(Math.max(atLeast, body.length * 2))
  larger.set(body)
  return larger
}
