/** Address and credentials of Redis or Valkey. */
export interface RedisConnection {
  /** `redis://HOST:PORT/DATABASE`, or `rediss://` for TLS. */
  readonly url: string
  /** Default: the user name in the URL. */
  readonly username?: string | undefined
  /** Default: the password in the URL. Prefer this option, because URLs end up in logs. */
  readonly password?: string | undefined
  /** Certificates (PEM) of the trusted certificate authorities, for `rediss:`. Default: the authorities that Node.js trusts. */
  readonly ca?: string | undefined
  /** Client certificate (PEM), for a server that requires one. Needs `key`. */
  readonly cert?: string | undefined
  /** Private key (PEM) of `cert`. */
  readonly key?: string | undefined
}
