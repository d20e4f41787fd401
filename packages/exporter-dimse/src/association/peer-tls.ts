/** What TLS needs besides the certificates that the system trusts: texts in PEM. */
export interface PeerTls {
  /** Certificates to trust in place of those that Node.js trusts. */
  readonly ca?: string | undefined
  /** Own certificate, for a peer that asks for one. */
  readonly cert?: string | undefined
  /** Private key of the own certificate. */
  readonly key?: string | undefined
}
