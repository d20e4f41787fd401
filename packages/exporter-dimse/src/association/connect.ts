import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls'
import { AssociationError } from './association-error.ts'
import { closedError, connectionError, isClosed } from './connection-error.ts'
import type { Peer } from './peer.ts'
import type { PeerTls } from './peer-tls.ts'

/**
 * Connects to a peer. The socket sends without delay.
 *
 * @throws {AssociationError} if the connection fails. Rejects with the reason of the signal if that aborts.
 */
export async function connectTo(peer: Peer, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted()
  const socket = openSocket(peer)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(() => reject(tooLate(peer)), peer.timeouts.connectMs)
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort)
  const onClose = (): void => reject(closedError)
  // This listener stays, because an error on a socket without one would end the process.
  socket.on('error', reject)
  socket.on('close', onClose)
  socket.once(peer.tls === undefined ? 'connect' : 'secureConnect', resolve)
  try {
    await promise
    return socket
  } catch (error) {
    socket.destroy()
    if (signal.aborted || error instanceof AssociationError) throw error
    const failure = connectionError(error, peer)
    throw peer.tls !== undefined && isClosed(failure) ? closedWithoutTls(failure) : failure
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
    socket.off('close', onClose)
  }
}

function openSocket({ host, port, tls }: Peer): Socket {
  if (tls === undefined) return connectPlain({ host, port, noDelay: true })
  const secureContext = contextOf(tls)
  // TLS sends the host name, but not an address (RFC 6066 3).
  const socket = connectTls({ host, port, secureContext, ...(isIP(host) === 0 && { servername: host }) })
  socket.setNoDelay(true)
  return socket
}

function contextOf(tls: PeerTls): SecureContext {
  try {
    return createSecureContext({ ...tls, minVersion: 'TLSv1.2' })
  } catch (cause) {
    const why = 'the certificate or the key of this side cannot be used'
    const advice = 'give certificate and key (`tls.cert`, `tls.key`) in PEM, a pair, and the key without a password'
    throw new AssociationError('refused', `${why}; ${advice}`, { cause })
  }
}

function closedWithoutTls(cause: AssociationError): AssociationError {
  const why = 'the peer closed the connection while TLS began; connect without TLS, or correct the port'
  return new AssociationError('away', why, { cause })
}

function tooLate({ host, port, timeouts }: Peer): AssociationError {
  const seconds = timeouts.connectMs / 1000
  return new AssociationError(
    'away',
    `${host}:${port} does not answer within ${seconds} s; check host, port and firewall`,
  )
}
