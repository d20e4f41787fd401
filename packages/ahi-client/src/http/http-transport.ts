import type { ClientRequest } from 'node:http'

import { type Agents, createAgents } from './agents.ts'
import type { BodyLimit } from './body-limit.ts'
import { createExchangeWatch, type WatchOptions } from './exchange-watch.ts'
import { type HttpAnswer, wholeAnswer } from './http-exchange.ts'
import { type HttpStream, streamedAnswer } from './http-stream.ts'
import { http, https } from './node-http.ts'
import { freshMemory, type ReceiveMemory } from './receive-memory.ts'

/** One HTTP request, as it goes on the wire. */
export interface HttpRequest {
  readonly protocol: string
  /** An IPv6 address may be in brackets. */
  readonly hostname: string
  readonly port: number | undefined
  readonly method: string
  /** With its query. */
  readonly path: string
  /** All of them but Connection and Content-Length. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
  /** How long the body of a success may be. */
  readonly limit: BodyLimit
}

/** Sends requests over sockets that stay open between them. */
export interface HttpTransport {
  /**
   * Resolves for every status, with the whole answer. Rejects with a `ServiceFailure`, or with the reason of `signal`.
   */
  send(request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpAnswer>
  /** As `send`, but resolves with the head of the answer; the body is then read as fast as it is asked for. */
  stream(request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpStream>
  /** Ends all sockets, those in use too. */
  close(): void
}

/** Bounds of a transport. */
export interface HttpTransportOptions extends WatchOptions {
  readonly maxConnections: number
  /** How long a whole answer may take, in milliseconds. */
  readonly requestDeadlineMs: number
  /** How long the service may take for an answer that is read as it comes, in milliseconds. */
  readonly streamDeadlineMs: number
  /** Memory for the bodies of whole answers with status 200. Default: memory of its own for each. */
  readonly memory?: ReceiveMemory | undefined
}

/** Makes a transport. No socket is opened before the first request. */
export function createHttpTransport(options: HttpTransportOptions): HttpTransport {
  const { maxConnections, timeoutMs, requestDeadlineMs, streamDeadlineMs, memory = freshMemory } = options
  const agents = createAgents(maxConnections, timeoutMs)
  const watch = createExchangeWatch(options)
  return {
    send: async (request, signal) => {
      signal?.throwIfAborted()
      const { body, limit } = request
      const exchange = { body, limit, timeoutMs, deadlineMs: requestDeadlineMs, watch, memory, signal }
      return wholeAnswer(open(request, agents, timeoutMs), exchange)
    },
    stream: async (request, signal) => {
      signal?.throwIfAborted()
      const { body, limit } = request
      const exchange = { body, limit, timeoutMs, deadlineMs: streamDeadlineMs, watch, signal }
      return streamedAnswer(open(request, agents, timeoutMs), exchange)
    },
    close: () => {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

function open(request: HttpRequest, agents: Agents, timeoutMs: number): ClientRequest {
  const secure = request.protocol === 'https:'
  return (secure ? https : http).request({
    agent: secure ? agents.https : agents.http,
    host: request.hostname.startsWith('[') ? request.hostname.slice(1, -1) : request.hostname,
    port: request.port,
    method: request.method,
    path: request.path,
    headers: headerList(request),
    timeout: timeoutMs,
  })
}

/** A list goes out as it is, at a third of the cost of an object, and says itself how long the body is. */
function headerList({ method, headers, body }: HttpRequest): string[] {
  const list: string[] = []
  for (const name in headers) list.push(name, headers[name] ?? '')
  if (method !== 'GET' && headers['content-length'] === undefined) {
    list.push('content-length', String(body === undefined ? 0 : Buffer.byteLength(body)))
  }
  return list
}
