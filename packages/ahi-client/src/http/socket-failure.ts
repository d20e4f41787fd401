import { ServiceFailure } from '../errors/service-failure.ts'
import type { OpenedRequest } from './opened-request.ts'

/** Codes of an address that cannot be reached, as against a connection that broke. */
const unreachable = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'ENOTFOUND', 'EAI_AGAIN'])

/** Of those: nobody is there, as with a wrong region or endpoint. */
const nobody = new Set(['ECONNREFUSED', 'ENOTFOUND'])

/** Codes of a machine that has no room for another socket. */
const exhausted = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL'])

/** Node's codes for a certificate that is not trusted. */
const untrusted = /^(UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE|INVALID_CA)/

/** Node's code for a certificate of other names. */
const otherHost = 'ERR_TLS_CERT_ALTNAME_INVALID'

/** Node's codes for a certificate that is not good, and for a peer that does not speak TLS. */
const insecure = /^(CERT_|ERR_TLS_|ERR_SSL_|EPROTO)/

/** Returns whether an error of a socket says that the certificate of the server is not trusted. */
export function isOfUntrusted(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && untrusted.test(String(cause.code))
}

/** Returns whether an error of a socket says that the certificate of the server is for another host. */
export function isOfOtherHost(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === otherHost
}

/** Where a request was to go. */
interface Destination {
  /** Of a URL, so it holds nothing but the characters of a name. */
  readonly host: string
  readonly isProxied: boolean
}

/** Tells what an error of a socket, of name resolution, of TLS or of the HTTP parser means for the request. */
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
  const isMisdirected = nobody.has(code)
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
  return [`${host} does not speak TLS as it should`, 'check whether the endpoint is https or http']
}

/** Nothing came for too long. */
export function timedOut(request: OpenedRequest, timeoutMs: number): ServiceFailure {
  return request.sent.socket?.connecting === true ? unconnected(timeoutMs, request) : silent(timeoutMs)
}

/** Nothing answered while the connection was made, as where a firewall drops what is not for its proxy. */
function unconnected(timeoutMs: number, { host, isProxied }: Destination): ServiceFailure {
  const whom = isProxied ? 'the proxy' : host
  return new ServiceFailure('AHI_UNAVAILABLE', `no connection to ${whom} could be made within ${timeoutMs} ms`, {
    retryable: true,
    unreachable: true,
    advice: isProxied ? 'check HTTPS_PROXY, HTTP_PROXY and NO_PROXY' : adviceForUnreachable(true),
  })
}

/** The service did not send anything for too long. */
export function silent(timeoutMs: number): ServiceFailure {
  return new ServiceFailure('AHI_UNAVAILABLE', `the service was silent for ${timeoutMs} ms`, { retryable: true })
}

/** A body ended before its end, of which `declared` is the Content-Length. */
export function cutOff(received: number, declared: number | undefined, cause?: unknown): ServiceFailure {
  const promised = declared === undefined ? '' : ` of ${declared}`
  const reason = `the answer was cut off after ${received}${promised} bytes`
  return new ServiceFailure('AHI_RESPONSE', reason, { retryable: true, cause })
}
