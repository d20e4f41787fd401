import { FleetError, shown } from '../errors.ts'

/** How the errors of Redis are told apart: by the words that the server and the client begin or end them with. */
const refused = /^(?:WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR Client sent AUTH|ERR invalid password)/
const full = /\bOOM command not allowed|^MISCONF\b/
const away =
  /^Connection is closed|^Socket timeout|^Command aborted due to connection close|^connect E|^Stream isn't writeable/
const awayCodes = /^E(?:CONN\w+|NOTFOUND|TIMEDOUT|HOSTUNREACH|NETUNREACH|AI_AGAIN|PIPE|ADDRNOTAVAIL)$/
/** Alerts that the server sends. */
const wantsCertificate = /ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE)$/
const untrustedCodes = /CERT|^ERR_(?:TLS|SSL)|^EPROTO$|^UNABLE_TO_/

/** Returns whether an error says that the server is a replica, which takes no changes. */
export function isReadOnly({ message }: Error): boolean {
  return message.startsWith('READONLY')
}

/** Returns whether an error says that there is no connection now. The client makes a new one by itself. */
export function isRedisAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof FleetError) return error.code === 'FLEET_REDIS_UNREACHABLE'
  return error.name === 'MaxRetriesPerRequestError' || away.test(error.message) || awayCodes.test(codeOf(error))
}

/**
 * Returns what an error of Redis or its client means for the caller; any other error as it is.
 * `server` is how messages name the server.
 */
export function translateRedisError(error: unknown, server: string): unknown {
  if (!(error instanceof Error) || error instanceof FleetError) return error
  const { message } = error
  const options = { cause: error }
  if (wantsCertificate.test(codeOf(error))) {
    const why = 'it wants a certificate of the client; give one with its key'
    return new FleetError('FLEET_REDIS_REFUSED', `Cannot use Redis at ${server}: ${why}`, options)
  }
  if (refused.test(message)) return refusal(message, server, options)
  if (isReadOnly(error)) {
    const why = 'it is a read-only replica; give the address of the primary'
    return new FleetError('FLEET_REDIS_REFUSED', `Cannot write to Redis at ${server}: ${why}`, options)
  }
  if (full.test(message)) {
    const why = message.startsWith('MISCONF')
      ? 'it cannot save to its disk; make room there'
      : 'its memory (maxmemory) is used up; give it more, or forget runs that are over'
    return new FleetError(
      'FLEET_REDIS_FULL',
      `Cannot write to Redis at ${server}: ${why}; then do the same again, it goes on where it was`,
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
  // A server that wants a certificate may close the connection before its alert is read.
  const wanted = server.startsWith('rediss:') ? 'a certificate of the client' : 'TLS (rediss://)'
  return new FleetError(
    'FLEET_REDIS_UNREACHABLE',
    `Cannot reach Redis at ${server} (${shown(message)}): check that it runs, its address, and whether it wants ${wanted}`,
    options,
  )
}

function refusal(message: string, server: string, options: { readonly cause: Error }): FleetError {
  const why = message.startsWith('NOPERM')
    ? `its user may not do what is needed (${shown(message)}); allow it the keys of the prefix, scripts and INFO`
    : 'it refuses the user or the password, or wants one; check both'
  return new FleetError('FLEET_REDIS_REFUSED', `Cannot use Redis at ${server}: ${why}`, options)
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
