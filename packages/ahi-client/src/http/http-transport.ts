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

/** One HTTP request as it is sent. */
export interface HttpRequest {
  readonly protocol: string
  /** An IPv6 address may be in brackets. */
  readonly hostname: string
  readonly port: number | undefined
  readonly method: string
  /** Path with its query. */
  readonly path: string
  /** All headers except Connection and Content-Length. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
  /** The longest body of an answer with status 200. */
  readonly limit: BodyLimit
  /** Returns how much of the body of a 200 answer `send` needs. Default: all of it. */
  readonly beginning?: BodyBeginning | undefined
}

/** Sends requests over sockets that stay open between requests. */
export interface HttpTransport {
  /**
   * Sends a request and resolves with the whole answer, for any status. Rejects with a `ServiceFailure` or with the
   * reason of `signal`.
   */
  send(request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpAnswer>
  /** Sends a request and resolves with the head of the answer. The body is then read as fast as the caller reads. */
  stream(request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpStream>
  /** Closes all sockets, including those in use. */
  close(): void
}

/** Options of {@link createHttpTransport}. */
export interface HttpTransportOptions extends WatchOptions {
  readonly maxConnections: number
  /** Longest time of a whole answer in milliseconds. */
  readonly requestDeadlineMs: number
  /** Longest time in milliseconds that the service may take for a streamed answer. */
  readonly streamDeadlineMs: number
  /** PEM certificates of the authorities to trust. Default: the authorities of Node.js. */
  readonly certificates?: readonly string[] | undefined
  /** Memory for the bodies of whole answers with status 200. Default: new memory for each. */
  readonly memory?: ReceiveMemory | undefined
}

/**
 * Creates a transport that uses the proxies of the environment. It opens no socket before the first request.
 *
 * @throws {ServiceFailure} if a proxy is not an http or https URL
 * @example
 * import { createHttpTransport } from '@ahi-dicom/ahi-client/http'
 *
 * const times = { timeoutMs: 10_000, minBytesPerSecond: 1000, requestDeadlineMs: 60_000, streamDeadlineMs: 600_000 }
 * const transport = createHttpTransport({ maxConnections: 4, ...times })
 * const place = { protocol: 'https:', hostname: 'pacs.example', port: 443 }
 * const request = { method: 'GET', path: '/dicom-web/studies', headers: {}, body: undefined }
 * const { statusCode } = await transport.send({ ...place, ...request, limit: { byteLength: 1e6 } }, undefined)
 * console.log(statusCode)
 * transport.close()
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

/**
 * Returns the headers as a list. Node.js sends a list unchanged, at a third of the cost of an object, but then
 * Content-Length must be set here.
 */
function headerList({ method, headers, body }: HttpRequest, more: Route['headers']): string[] {
  const list: string[] = []
  for (const name in more) list.push(name, more[name] ?? '')
  for (const name in headers) list.push(name, headers[name] ?? '')
  if (method !== 'GET' && headers['content-length'] === undefined) {
    list.push('content-length', String(body === undefined ? 0 : Buffer.byteLength(body)))
  }
  return list
}
