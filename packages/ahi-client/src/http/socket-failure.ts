import { ServiceFailure } from '../errors/service-failure.ts'
import type { OpenedRequest } from './opened-request.ts'

/** Error codes for an address that cannot be reached. */
const unreachable = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'ENOTFOUND', 'EAI_AGAIN'])

/** Codes that suggest a wrong region or endpoint, because nothing is there. */
const wrongAddress = new Set(['ECONNREFUSED', 'ENOTFOUND'])

/** Error codes for a machine that cannot open another socket. */
const exhausted = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL'])

/** Error codes of Node.js for a certificate that is not trusted. */
const untrusted = /^(UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE|INVALID_CA)/

/** Error code of Node.js for a certificate of another host. */
const otherHost = 'ERR_TLS_CERT_ALTNAME_INVALID'

/** Error codes of Node.js for an invalid certificate, and for a peer that does not speak TLS. */
const insecure = /^(CERT_|ERR_TLS_|ERR_SSL_|EPROTO)/

/**
 * True if a socket error says that the certificate of the server is not trusted.
 * @example
 * import { isUntrustedCertificate } from '@ahi-dicom/ahi-client/http'
 *
 * const error = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
 * console.log(isUntrustedCertificate(error)) // true
 */
export function isUntrustedCertificate(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && untrusted.test(String(cause.code))
}

/**
 * True if a socket error says that the certificate of the server is for another host.
 * @example
 * import { isOtherHostCertificate } from '@ahi-dicom/ahi-client/http'
 *
 * const error = Object.assign(new Error('wrong host'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
 * console.log(isOtherHostCertificate(error)) // true
 */
export function isOtherHostCertificate(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === otherHost
}

/** The destination of a request. */
interface Destination {
  /** Host from a URL, so it contains only characters of a host name. */
  readonly host: string
  readonly isProxied: boolean
}

/**
 * Returns the failure for an error of a socket, of name resolution, of TLS or of the HTTP parser.
 *
 * @example
 * import { failureOfSocket } from '@ahi-dicom/ahi-client/http'
 *
 * const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
 * const { retryable, unreachable } = failureOfSocket(cause, { host: '127.0.0.1', isProxied: false })
 * console.log(retryable, unreachable) // true true
 */
export function failureOfSocket(cause: unknown, destination: Destination): ServiceFailure {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no code'
  if (code.startsWith('HPE_')) {
    return new ServiceFailure('AHI_RESPONSE', `the answer is not HTTP (${code})`, { retryable: true, cause })
  }
  if (untrusted.test(code) || insecure.test(code)) return insecureConnection(code, destination, cause)
  if (exhausted.has(code)) {
    const reason = `this machine cannot open another connection (${code})`
    return new ServiceFailure('AHI_UNAVAILABLE', reason, { retryable: true, isLocal: true, cause })
  }
  if (unreachable.has(code)) return unreachableHost(code, destination, cause)
  return new ServiceFailure('AHI_UNAVAILABLE', `the connection broke (${code})`, { retryable: true, cause })
}

function unreachableHost(code: string, { host, isProxied }: Destination, cause: unknown): ServiceFailure {
  const isMisdirected = wrongAddress.has(code)
  const service = code === 'ENOTFOUND' ? `there is no host ${host}` : `the service cannot be reached at ${host}`
  const reason = `${isProxied ? 'the proxy cannot be reached' : service} (${code})`
  return new ServiceFailure('AHI_UNAVAILABLE', reason, {
    retryable: true,
    unreachable: true,
    isMisdirected,
    advice: isProxied ? 'check HTTPS_PROXY, HTTP_PROXY and NO_PROXY' : adviceForUnreachable(isMisdirected),
    cause,
  })
}

function adviceForUnreachable(isMisdirected: boolean): string | undefined {
  return isMisdirected
    ? 'check the region, the endpoint and the network; if this network needs a proxy, set HTTPS_PROXY'
    : undefined
}

function insecureConnection(code: string, { host }: Destination, cause: unknown): ServiceFailure {
  const [reason, advice] = explainInsecure(code, host)
  const options = { isMisdirected: true, advice, cause }
  return new ServiceFailure('AHI_UNAVAILABLE', `no secure connection could be made (${code}): ${reason}`, options)
}

function explainInsecure(code: string, host: string): [reason: string, advice: string] {
  if (untrusted.test(code)) {
    return [
      `the certificate of ${host} is signed by an authority that is not trusted`,
      'if a proxy of your network signs it, set AWS_CA_BUNDLE to the file with the certificate of its authority',
    ]
  }
  if (code === otherHost) {
    return [`the certificate of ${host} is for another host`, 'check the endpoint and the region']
  }
  if (code.startsWith('CERT_')) {
    return [`the certificate of ${host} is not valid`, 'check it, and the clock of this machine']
  }
  return [`${host} does not speak valid TLS`, 'check whether the endpoint is https or http']
}

/**
 * Returns the failure for a request without any answer in time.
 *
 * @example
 * import { http, timedOut } from '@ahi-dicom/ahi-client/http'
 *
 * const sent = http.request('http://pacs.example')
 * sent.setTimeout(10_000, () => sent.destroy(timedOut({ sent, host: 'pacs.example', isProxied: false }, 10_000)))
 * sent.end()
 */
export function timedOut(request: OpenedRequest, timeoutMs: number): ServiceFailure {
  return request.sent.socket?.connecting === true ? unconnected(timeoutMs, request) : silent(timeoutMs)
}

/**
 * Returns the failure for a connection that could not be made in time. A firewall that drops all packets past its proxy
 * causes this.
 */
function unconnected(timeoutMs: number, { host, isProxied }: Destination): ServiceFailure {
  const peer = isProxied ? 'the proxy' : host
  return new ServiceFailure('AHI_UNAVAILABLE', `no connection to ${peer} could be made within ${timeoutMs} ms`, {
    retryable: true,
    unreachable: true,
    advice: isProxied ? 'check HTTPS_PROXY, HTTP_PROXY and NO_PROXY' : adviceForUnreachable(true),
  })
}

/** Returns the failure for a service that sent nothing in time. */
export function silent(timeoutMs: number): ServiceFailure {
  return new ServiceFailure('AHI_UNAVAILABLE', `the service was silent for ${timeoutMs} ms`, { retryable: true })
}

/** Returns the failure for a body that ended early. `declared` is its Content-Length. */
export function cutOff(received: number, declared: number | undefined, cause?: unknown): ServiceFailure {
  const promised = declared === undefined ? '' : ` of ${declared}`
  const reason = `the answer was cut off after ${received}${promised} bytes`
  return new ServiceFailure('AHI_RESPONSE', reason, { retryable: true, cause })
}
