import { ServiceFailure } from '../errors/service-failure.ts'

/** Codes of an address that cannot be reached, as against a connection that broke. */
const unreachable = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'ENOTFOUND', 'EAI_AGAIN'])

/** Codes of a machine that has no room for another socket. */
const exhausted = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL'])

/** Node's codes for a certificate that is not trusted, and for a peer that does not speak TLS. */
const insecure = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|ERR_SSL_|EPROTO)/

/** Tells what an error of a socket, of name resolution, of TLS or of the HTTP parser means for the request. */
export function failureOfSocket(cause: unknown): ServiceFailure {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no code'
  if (code.startsWith('HPE_')) {
    return new ServiceFailure('AHI_RESPONSE', `the answer is not HTTP (${code})`, { retryable: true, cause })
  }
  if (insecure.test(code)) {
    return new ServiceFailure('AHI_UNAVAILABLE', `no secure connection could be made (${code})`, { cause })
  }
  if (exhausted.has(code)) {
    const reason = `this machine cannot open another connection (${code})`
    return new ServiceFailure('AHI_UNAVAILABLE', reason, { retryable: true, isLocal: true, cause })
  }
  if (unreachable.has(code)) {
    const reason = `the service cannot be reached (${code})`
    return new ServiceFailure('AHI_UNAVAILABLE', reason, { retryable: true, unreachable: true, cause })
  }
  return new ServiceFailure('AHI_UNAVAILABLE', `the connection broke (${code})`, { retryable: true, cause })
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
