import type { PeerTls } from './peer-tls.ts'

/** The application entity to call, and how. Plain data that can be sent to another thread. */
export interface Peer {
  readonly host: string
  readonly port: number
  readonly calledAeTitle: string
  readonly callingAeTitle: string
  /** TLS settings. Absent: the connection is not encrypted. */
  readonly tls?: PeerTls | undefined
  /** Longest PDU in bytes, in both directions. */
  readonly maxPduLength: number
  readonly timeouts: PeerTimeouts
}

/** Time limits in milliseconds. */
export interface PeerTimeouts {
  /** Longest time to connect, including TLS. */
  readonly connectMs: number
  /** Longest time until the peer answers an association request. */
  readonly associationMs: number
  /** Longest time until the peer answers a message or reads more of it. */
  readonly responseMs: number
  /** Time until an unused association is released. */
  readonly idleMs: number
}

/** Returns the name of a peer in messages: called AE title, host and port as a URL. */
export function peerName({
  host,
  port,
  calledAeTitle,
  tls,
}: Pick<Peer, 'host' | 'port' | 'calledAeTitle' | 'tls'>): string {
  const scheme = tls === undefined ? 'dicom' : 'dicoms'
  return `${scheme}://${encodeURIComponent(calledAeTitle)}@${host.includes(':') ? `[${host}]` : host}:${port}`
}
