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
  /** Takes each PDU that comes, and why the connection ended; nothing after that. */
  listen(listener: PduListener): void
  /** Resolves once the bytes are with the system, and may be changed. */
  write(bytes: Uint8Array): Promise<void>
  /** Calls `onSilent` of the listener if nothing moves for so many milliseconds; 0: never. */
  watchSilence(milliseconds: number): void
  /** Ends it in good order: what was written arrives. */
  end(): void
  /** Ends it at once. */
  destroy(): void
}

/** What {@link PduConnection} tells. */
interface PduListener {
  onPdu(pdu: Pdu): void
  onEnd(error: AssociationError): void
  onSilent(): void
}

/** More than 128 answered contexts take. */
const shortestLimit = 64 * 1024

/** Reads and writes PDUs on a connected socket. */
export function createPduConnection(socket: Socket, peer: Peer): PduConnection {
  const splitter = createPduSplitter({ longest: Math.max(peer.maxPduLength, shortestLimit) })
  let listener: PduListener | undefined
  let lastError: unknown

  function end(error: AssociationError): void {
    const told = listener
    listener = undefined
    socket.destroy()
    told?.onEnd(error)
  }

  socket.on('error', (error) => (lastError = error))
  socket.on('close', () => end(connectionError(lastError ?? closedError, peer)))
  socket.on('timeout', () => listener?.onSilent())
  return {
    listen(taken) {
      listener = taken
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

/** First bytes of TLS records: an alert, a handshake (RFC 8446 5.1). */
const tlsRecords: ReadonlySet<number> = new Set([0x15, 0x16])

function malformed(error: MalformedPduError): AssociationError {
  if (tlsRecords.has(error.firstByte)) {
    return new AssociationError('refused', 'the peer speaks TLS at this port; connect with TLS, or correct the port')
  }
  const why = `the peer does not speak DICOM as PS3.8 has it (${error.message}); check host and port`
  return new AssociationError('refused', why, { cause: error })
}
