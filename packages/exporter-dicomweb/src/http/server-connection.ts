import { createSecureContext, type SecureContext } from 'node:tls'
import {
  createRoutes,
  http,
  https,
  proxiesOf,
  readCertificates,
  ServiceFailure,
  type OpenedRequest,
  type Routes,
} from '@ahi-dicom/ahi-client/http'
import { createAuthorization, type Authorization } from './authorization.ts'
import { exchange } from './exchange.ts'
import type { RequestBody, ServerAnswer } from './server-answer.ts'
import type { ServerSettings, TlsOptions } from './server-settings.ts'

/** A request to a server. */
export interface ServerRequest {
  readonly method: 'GET' | 'POST'
  /** Path below the URL of the service, with its query. */
  readonly path: string
  /** Headers by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: RequestBody
  /** Length of the body. `undefined` if it is not known before it is sent. */
  readonly byteLength: number | undefined
  /** Most bytes of an answer. */
  readonly maxAnswerBytes: number
}

/** Sends requests to one server over sockets that stay open. */
export interface ServerConnection {
  /**
   * Sends a request and resolves with the answer, for any status. Follows redirects to the same origin. Rejects with a
   * `ServiceFailure`, an error of the body, or the reason of the signal.
   */
  send(request: ServerRequest, signal: AbortSignal | undefined): Promise<ServerAnswer>
  /** Drops credentials that the server refused. Returns true if another attempt may have better ones. */
  refused(): boolean
  /** True if bodies must be in memory. */
  readonly needsWholeBody: boolean
  close(): void
}

/** Options of {@link createServerConnection}. */
export interface ConnectionOptions {
  readonly settings: ServerSettings
  /** Most requests at a time. */
  readonly maxConnections: number
}

/** Default of `timeoutMs`. */
const defaultTimeoutMs = 120_000
const mostRedirects = 3

interface OpenedConnection {
  readonly routes: Routes
  readonly authorization: Authorization
}

/** Creates a connection. It reads and sends nothing before the first request. */
export function createServerConnection({ settings, maxConnections }: ConnectionOptions): ServerConnection {
  const { timeoutMs = defaultTimeoutMs } = settings
  const base = settings.url.replace(/\/+$/u, '')
  let opening: Promise<OpenedConnection> | undefined
  let opened: OpenedConnection | undefined

  async function open(): Promise<OpenedConnection> {
    const secureContext = await secureContextOf(settings.tls)
    const routes = createRoutes({ maxConnections, timeoutMs, secureContext, proxyOf: proxiesOf(process.env) })
    opened = { routes, authorization: createAuthorization(settings, await environmentCertificates()) }
    return opened
  }

  async function sendOnce(url: URL, request: ServerRequest, signal: AbortSignal | undefined): Promise<ServerAnswer> {
    const { routes, authorization } = await (opening ??= open())
    const { method, body, byteLength, maxAnswerBytes } = request
    const length: Record<string, string> = byteLength === undefined ? {} : { 'content-length': String(byteLength) }
    const unauthorized = { 'user-agent': 'ahi-dicom', ...settings.headers, ...request.headers, ...length }
    const headers = await authorization.headers({ method, url, headers: unauthorized, body }, signal)
    signal?.throwIfAborted()
    const sending = await openRequest(routes, { method, url, headers, timeoutMs })
    return await exchange(sending, { body, timeoutMs, maxAnswerBytes, signal })
  }

  return {
    async send(request, signal) {
      let url = new URL(`${base}${request.path}`)
      for (let hop = 0; ; hop += 1) {
        const answer = await sendOnce(url, request, signal)
        const next = redirectOf(answer, url)
        if (next === undefined) return answer
        if (hop === mostRedirects) throw redirected('redirects too often', url)
        if (next.origin !== url.origin) throw redirected(`leads to another server, ${next.origin}`, url)
        if (Symbol.asyncIterator in request.body) throw redirected(`leads to ${next.pathname}`, url)
        url = next
      }
    },
    refused: () => opened?.authorization.refused() ?? false,
    needsWholeBody: settings.sigv4 !== undefined,
    close() {
      void opening?.catch(() => undefined)
      opened?.routes.close()
      opened?.authorization.close()
    },
  }
}

interface RequestToOpen {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

async function openRequest(routes: Routes, { method, url, headers, timeoutMs }: RequestToOpen): Promise<OpenedRequest> {
  const { protocol, hostname, port } = url
  const { agent, target, ...route } = await routes.to({
    protocol,
    hostname,
    port: port === '' ? undefined : Number(port),
  })
  const sent = (target.protocol === 'https:' ? https : http).request({
    agent,
    protocol: target.protocol,
    host: target.hostname.replace(/^\[|\]$/g, ''),
    port: target.port,
    method,
    path: `${route.pathPrefix}${url.pathname}${url.search}`,
    headers: { ...route.headers, host: url.host, ...headers },
    timeout: timeoutMs,
    ...(route.secureContext && { secureContext: route.secureContext }),
  })
  return { sent, host: hostname, isProxied: route.isProxied }
}

const redirects: ReadonlySet<number> = new Set([301, 302, 307, 308])

/** Returns the target of a redirect. 303 is not followed, because it changes the method and would store nothing. */
function redirectOf({ statusCode, headers }: ServerAnswer, url: URL): URL | undefined {
  if (!redirects.has(statusCode)) return undefined
  const next = URL.parse(headers['location'] ?? '', url.href)
  if (next === null) throw redirected('leads nowhere', url)
  return next
}

function redirected(where: string, { pathname }: URL): ServiceFailure {
  const advice = 'give the final URL of the service'
  return new ServiceFailure('AHI_NOT_FOUND', `the server redirects ${pathname}, which ${where}`, { advice })
}

/** Returns the certificates of `AWS_CA_BUNDLE`, which this project trusts for all connections. */
async function environmentCertificates(): Promise<readonly string[] | undefined> {
  const path = process.env['AWS_CA_BUNDLE']
  return path ? await readCertificates({ path, setBy: 'AWS_CA_BUNDLE' }) : undefined
}

async function secureContextOf(tls: TlsOptions | undefined): Promise<SecureContext | undefined> {
  const ca = tls?.ca === undefined ? await environmentCertificates() : [tls.ca]
  if (tls === undefined && ca === undefined) return undefined
  const { cert, key, passphrase } = tls ?? {}
  try {
    return createSecureContext({
      ...(ca && { ca: [...ca] }),
      ...(cert && { cert }),
      ...(key && { key }),
      ...(passphrase && { passphrase }),
    })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    const reason = `the certificates or the key of this client cannot be used (${code})`
    throw new ServiceFailure('AHI_CREDENTIALS', reason, {
      advice: 'give PEM texts, and the passphrase of the key',
      cause,
    })
  }
}
