import { FleetError, shown } from '../errors.ts'

/** Patterns of messages and codes that tell the errors of Redis and ioredis apart. */
const refused = /^(?:WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR Client sent AUTH|ERR invalid password)/
const full = /\bOOM command not allowed|^MISCONF\b/
const away =
  /^Connection is closed|^Socket timeout|^Command aborted due to connection close|^connect E|^Stream isn't writeable/
const awayCodes = /^E(?:CONN\w+|NOTFOUND|TIMEDOUT|HOSTUNREACH|NETUNREACH|AI_AGAIN|PIPE|ADDRNOTAVAIL)$/
/** Codes of TLS errors: alerts of a server that requires another client certificate, and servers that are not trusted. */
const wantsCertificate = /ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE)$/
const untrustedCodes = /CERT|^ERR_(?:TLS|SSL)|^EPROTO$|^UNABLE_TO_/

/** Returns whether an error says that the server is a read-only replica. */
export function isReadOnly({ message }: Error): boolean {
  return message.startsWith('READONLY')
}

/** Returns whether an error says that there is no connection at the moment. The client reconnects by itself. */
export function isRedisAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof FleetError) return error.code === 'FLEET_REDIS_UNREACHABLE'
  return error.name === 'MaxRetriesPerRequestError' || away.test(error.message) || awayCodes.test(codeOf(error))
}

/**
 * Returns the {@link FleetError} for an error of Redis or its client. Returns other errors unchanged. Messages name the server
 * by `server`.
 */
export function translateRedisError(error: unknown, server: string): unknown {
  if (!(error instanceof Error) || error instanceof FleetError) return error
  const { message } = error
  const options = { cause: error }
  if (wantsCertificate.test(codeOf(error))) {
    const why = 'it requires a client certificate; give a certificate that it accepts, and its key'
    return new FleetError('FLEET_REDIS_REFUSED', `Cannot use Redis at ${server}: ${why}`, options)
  }
  if (refused.test(message)) return refusal(message, server, options)
  if (isReadOnly(error)) {
    const why = 'it is a read-only replica; give the address of the primary'
    return new FleetError('FLEET_REDIS_REFUSED', `Cannot write to Redis at ${server}: ${why}`, options)
  }
  if (full.test(message)) {
    const why = message.startsWith('MISCONF')
      ? 'it cannot save to its disk; free disk space there'
      : 'its memory (maxmemory) is full; raise maxmemory, or forget finished runs'
    return new FleetError(
      'FLEET_REDIS_FULL',
      `Cannot write to Redis at ${server}: ${why}; then try again, and the work continues where it stopped`,
      options,
    )
  }
  if (untrustedCodes.test(codeOf(error))) {
    return new FleetError(
      'FLEET_REDIS_UNREACHABLE',
      `Cannot trust Redis at ${server} (${shown(message)}): give the certificates of its authority, and check its name`,
      options,
    )
  }
  if (!isRedisAway(error)) return error
  // A server that requires a certificate may close the connection before its alert is read.
  const required = server.startsWith('rediss:') ? 'a client certificate' : 'TLS (rediss://)'
  return new FleetError(
    'FLEET_REDIS_UNREACHABLE',
    `Cannot reach Redis at ${server} (${shown(message)}): check that it runs, its address, and whether it requires ${required}`,
    options,
  )
}

function refusal(message: string, server: string, options: { readonly cause: Error }): FleetError {
  const why = message.startsWith('NOPERM')
    ? `the user lacks permissions (${shown(message)}); allow the keys of the prefix, scripts and INFO`
    : 'it refuses the user or the password, or requires them; check both'
  return new FleetError('FLEET_REDIS_REFUSED', `Cannot use Redis at ${server}: ${why}`, options)
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
