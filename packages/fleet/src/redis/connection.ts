/** How Redis or Valkey is reached. */
export interface RedisConnection {
  /** `redis://HOST:PORT/DATABASE`, or `rediss://` for TLS. */
  readonly url: string
  /** Default: that of the URL. */
  readonly username?: string | undefined
  /** Default: that of the URL. Better here than there: URLs are shown and logged. */
  readonly password?: string | undefined
  /** Certificates (PEM) of the authorities to trust, for `rediss:`. Default: those of Node.js. */
  readonly ca?: string | undefined
  /** Certificate and key of the client (PEM), if the server asks for them. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
}
