import type { Socket } from 'node:net'
import { decodePdu } from '../pdu/decode-pdu.ts'
import { MalformedPduError } from '../pdu/malformed-pdu-error.ts'
import type { Pdu } from '../pdu/pdu.ts'
import { createPduSplitter } from '../pdu/pdu-splitter.ts'
import { AssociationError } from './association-error.ts'
import { closedError, connectionError } from './connection-error.ts'
import type { Peer } from './peer.ts'

/** Sends and receives PDUs over a socket. */
export interface PduConnection {
  /** Sets the listener for all PDUs and for the end of the connection. The end is the last event. */
  listen(listener: PduListener): void
  /** Writes bytes. Resolves when the system has taken them, so that they may be changed. */
  write(bytes: Uint8Array): Promise<void>
  /** Calls `onSilent` of the listener after this many milliseconds without traffic. 0 turns it off. */
  watchSilence(milliseconds: number): void
  /** Closes the connection after all written bytes were sent. */
  end(): void
  /** Closes the connection at once. */
  destroy(): void
}

/** Events of a {@link PduConnection}. */
interface PduListener {
  onPdu(pdu: Pdu): void
  onEnd(error: AssociationError): void
  onSilent(): void
}

/** Lower bound of the longest PDU. It has room for 128 answered contexts. */
const shortestLimit = 64 * 1024

/** Reads and writes PDUs on a connected socket. */
export function createPduConnection(socket: Socket, peer: Peer): PduConnection {
  const splitter = createPduSplitter({ longest: Math.max(peer.maxPduLength, shortestLimit) })
  let listener: PduListener | undefined
  let lastError: unknown

  function end(error: AssociationError): void {
    const notified = listener
    listener = undefined
    socket.destroy()
    notified?.onEnd(error)
  }

  socket.on('error', (error) => (lastError = error))
  socket.on('close', () => end(connectionError(lastError ?? closedError, peer)))
  socket.on('timeout', () => listener?.onSilent())
  return {
    listen(added) {
      listener = added
      socket.on('data', (bytes: Uint8Array) => {
        try {
          for (const pdu of splitter.feed(bytes)) listener?.onPdu(decodePdu(pdu))
        } catch (error) {
          if (!(error instanceof MalformedPduError)) throw error
          end(malformed(error))
        }
      })
    },
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(connectionError(error, peer)) : resolve()))
      }),
    watchSilence: (milliseconds) => void socket.setTimeout(milliseconds),
    end() {
      listener = undefined
      socket.end()
      socket.resume()
    },
    destroy() {
      listener = undefined
      socket.destroy()
    },
  }
}

/** First bytes of TLS records: alert and handshake (RFC 8446 5.1). */
const tlsRecords: ReadonlySet<number> = new Set([0x15, 0x16])

function malformed(error: MalformedPduError): AssociationError {
  if (tlsRecords.has(error.firstByte)) {
    return new AssociationError('refused', 'the peer speaks TLS at this port; connect with TLS, or correct the port')
  }
  const why = `the peer does not speak DICOM by PS3.8 (${error.message}); check host and port`
  return new AssociationError('refused', why, { cause: error })
}
