import type { PeerTls } from './peer-tls.ts'

/** The application entity that is called, and how. Plain data: another thread may get it. */
export interface Peer {
  readonly host: string
  readonly port: number
  readonly calledAeTitle: string
  readonly callingAeTitle: string
  /** Absent: the connection is not encrypted. */
  readonly tls?: PeerTls | undefined
  /** Longest PDU in bytes, in both directions. */
  readonly maxPduLength: number
  readonly timeouts: PeerTimeouts
}

/** Times in milliseconds. */
export interface PeerTimeouts {
  /** Until the connection is there, that of TLS included. */
  readonly connectMs: number
  /** Until the peer answers a request for an association. */
  readonly associationMs: number
  /** Until the peer answers a message, or takes further bytes of it. */
  readonly responseMs: number
  /** After which an association without work is released. */
  readonly idleMs: number
}

/** Returns what messages call a peer: the called AE title, host and port, as a URL has them. */
export function peerName({
  host,
  port,
  calledAeTitle,
  tls,
}: Pick<Peer, 'host' | 'port' | 'calledAeTitle' | 'tls'>): string {
  const scheme = tls === undefined ? 'dicom' : 'dicoms'
  return `${scheme}://${encodeURIComponent(calledAeTitle)}@${host.includes(':') ? `[${host}]` : host}:${port}`
}
