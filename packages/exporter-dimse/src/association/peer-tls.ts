/** Certificates and keys for TLS, as PEM texts. */
export interface PeerTls {
  /** Certificates of authorities to trust. They replace the authorities of Node.js. */
  readonly ca?: string | undefined
  /** Client certificate, for a peer that requires one. */
  readonly cert?: string | undefined
  /** Private key of the client certificate. */
  readonly key?: string | undefined
}
