import type { SecureContext } from 'node:tls'

import type { BodyBeginning } from '../model/request-options.ts'
import type { BodyLimit } from './body-limit.ts'
import { createExchangeWatch, type WatchOptions } from './exchange-watch.ts'
import { type HttpAnswer, wholeAnswer } from './http-exchange.ts'
import type { OpenedRequest } from './opened-request.ts'
import { type HttpStream, streamedAnswer } from './http-stream.ts'
import { http, https } from './node-http.ts'
import { proxiesOf } from './proxies.ts'
import { freshMemory, type ReceiveMemory } from './receive-memory.ts'
import { createRoutes, type Route } from './routes.ts'
import { trusting } from './trusted-certificates.ts'

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
  /** Tells `send` how much of the body of a success is needed. Default: all of it. */
  readonly beginning?: BodyBeginning | undefined
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
  /** Certificates (PEM) of authorities that are trusted instead of those of Node.js. */
  readonly certificates?: readonly string[] | undefined
  /** Memory for the bodies of whole answers with status 200. Default: memory of its own for each. */
  readonly memory?: ReceiveMemory | undefined
}

/**
 * Makes a transport. No socket is opened before the first request. It goes through the proxies of the environment.
 *
 * @throws {ServiceFailure} if a proxy is not an http or https URL
 */
export function createHttpTransport(options: HttpTransportOptions): HttpTransport {
  const { timeoutMs, requestDeadlineMs, streamDeadlineMs, certificates, memory = freshMemory } = options
  let trusted: SecureContext | undefined
  const routes = createRoutes({
    ...options,
    get secureContext() {
      return certificates && (trusted ??= trusting(certificates))
    },
    proxyOf: proxiesOf(process.env),
  })
  const watch = createExchangeWatch(options)
  return {
    send: async (request, signal) => {
      signal?.throwIfAborted()
      const { body, limit, beginning } = request
      const exchange = { body, limit, beginning, timeoutMs, deadlineMs: requestDeadlineMs, watch, memory, signal }
      const route = routes.to(request)
      const opened = open(request, route instanceof Promise ? await route : route, timeoutMs)
      return wholeAnswer(opened, exchange)
    },
    stream: async (request, signal) => {
      signal?.throwIfAborted()
      const { body, limit } = request
      const exchange = { body, limit, timeoutMs, deadlineMs: streamDeadlineMs, watch, signal }
      const route = routes.to(request)
      const opened = open(request, route instanceof Promise ? await route : route, timeoutMs)
      return streamedAnswer(opened, exchange)
    },
    close: () => {
      routes.close()
    },
  }
}

function open(request: HttpRequest, { agent, target, ...route }: Route, timeoutMs: number): OpenedRequest {
  const host = target.hostname.replace(/^\[|\]$/g, '')
  const sent = (target.protocol === 'https:' ? https : http).request({
    agent,
    protocol: target.protocol,
    host,
    port: target.port,
    method: request.method,
    path: route.pathPrefix + request.path,
    headers: headerList(request, route.headers),
    timeout: timeoutMs,
    ...(route.secureContext && { secureContext: route.secureContext }),
  })
  return { sent, host: request.hostname, isProxied: route.isProxied }
}

/** A list goes out as it is, at a third of the cost of an object, and says itself how long the body is. */
function headerList({ method, headers, body }: HttpRequest, more: Route['headers']): string[] {
  const list: string[] = []
  for (const name in more) list.push(name, more[name] ?? '')
  for (const name in headers) list.push(name, headers[name] ?? '')
  if (method !== 'GET' && headers['content-length'] === undefined) {
    list.push('content-length', String(body === undefined ? 0 : Buffer.byteLength(body)))
  }
  return list
}
