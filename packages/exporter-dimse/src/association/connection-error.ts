import { AssociationError, type AssociationFailure } from './association-error.ts'
import type { Peer } from './peer.ts'

type Explained = readonly [AssociationFailure, (peer: Peer) => string]

/** Meaning of the error codes of Node.js and OpenSSL, and advice. */
const explanations: Readonly<Record<string, Explained>> = {
  ECONNREFUSED: [
    'away',
    ({ host, port }) => `nothing listens at ${host}:${port}; start the server, or correct the port`,
  ],
  ENOTFOUND: ['unknown', ({ host }) => `there is no host "${host}"; correct its name`],
  EAI_AGAIN: ['away', ({ host }) => `the name "${host}" could not be resolved; check the network`],
  EHOSTUNREACH: ['away', ({ host }) => `there is no route to ${host}; check network and firewall`],
  ENETUNREACH: ['away', ({ host }) => `there is no route to ${host}; check network and firewall`],
  ETIMEDOUT: ['away', ({ host, port }) => `${host}:${port} does not answer; check host, port and firewall`],
  ECONNRESET: ['away', () => 'the peer closed the connection'],
  EPIPE: ['away', () => 'the peer closed the connection'],
  EPROTO: ['refused', noTls],
  ERR_SSL_WRONG_VERSION_NUMBER: ['refused', noTls],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['refused', noTls],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'refused',
    ({ host }) => `the certificate of the peer is not for "${host}"; call it by the name in its certificate`,
  ],
  CERT_HAS_EXPIRED: ['refused', () => 'the certificate of the peer has expired; renew it'],
  CERT_NOT_YET_VALID: ['refused', () => 'the certificate of the peer is not valid yet; check the clocks'],
}

const untrusted = 'the certificate of the peer is not trusted; give the certificate of its authority (`tls.ca`)'

const untrustedCodes: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
])

/** TLS alerts of a server that requires a trusted client certificate (RFC 8446 6.2). */
const certificateAlert = /^ERR_SSL_(TLSV?13?|SSLV3|TLSV1)_ALERT_(CERTIFICATE|BAD_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/

/** The error for a connection that was closed without an error. */
export const closedError: Error = Object.assign(new Error('closed'), { code: 'ECONNRESET' })

/** Returns true if the other side closed the connection. */
export function isClosed({ cause }: AssociationError): boolean {
  return codeOf(cause) === 'ECONNRESET' || codeOf(cause) === 'EPIPE'
}

/** Returns the error for a failed socket, with advice. */
export function connectionError(error: unknown, peer: Peer): AssociationError {
  const cause = firstOf(error)
  const code = codeOf(cause)
  const explained = explanations[code]
  if (explained !== undefined) {
    const [failure, explain] = explained
    return new AssociationError(failure, explain(peer), { cause })
  }
  if (untrustedCodes.has(code)) return new AssociationError('refused', untrusted, { cause })
  if (certificateAlert.test(code)) {
    const why =
      'the peer requires a client certificate that it trusts; give certificate and key (`tls.cert`, `tls.key`)'
    return new AssociationError('refused', why, { cause })
  }
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code.startsWith('ERR_OSSL_')) {
    return new AssociationError('refused', `TLS failed (${code}); check certificates and keys of both sides`, { cause })
  }
  return new AssociationError('away', `the connection failed (${code})`, { cause })
}

/** Returns the first error of an `AggregateError`, which occurs if IPv4 and IPv6 both fail. */
function firstOf(error: unknown): unknown {
  return error instanceof AggregateError ? (error.errors[0] ?? error) : error
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'unknown error'
}

function noTls(): string {
  return 'the peer does not speak TLS at this port; connect without TLS, or correct the port'
}
