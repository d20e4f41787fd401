import { implementationClassUid, implementationVersionName } from '@ahi-dicom/dicomizer'
import { createCommandReader } from '../message/command-reader.ts'
import type { CommandSet } from '../message/command-set.ts'
import { MalformedMessageError } from '../message/malformed-message-error.ts'
import { beginMessage } from '../message/message-writer.ts'
import { encodePdu } from '../pdu/encode-pdu.ts'
import { pduHeaderLength, valueHeaderLength, type AssociateAccept, type Pdu } from '../pdu/pdu.ts'
import { AssociationError } from './association-error.ts'
import { connectTo } from './connect.ts'
import { isClosed } from './connection-error.ts'
import { negotiatedContexts, proposeContexts, type ContextKey, type NegotiatedContexts } from './contexts.ts'
import type { Peer } from './peer.ts'
import { createPduConnection } from './pdu-connection.ts'
import { rejectionError } from './rejection.ts'

/** An association with a peer, for one message at a time. */
export interface Association {
  readonly contexts: NegotiatedContexts
  /** Returns the number for the next message: 1 to 65535, then 1 again. */
  nextMessageId(): number
  /**
   * Sends a message and resolves with the response.
   *
   * @throws {AssociationError} if the association is lost. Errors of `addDataSet` are thrown too, after the association
   * is aborted.
   */
  request(message: Message): Promise<CommandSet>
  /** Returns true if the association can be used. */
  isOpen(): boolean
  /** Calls `callback` when the association ends, or at once if it has ended. */
  onLost(callback: () => void): void
  /** Releases the association. Never rejects. */
  release(): Promise<void>
  /** Aborts the association and tells the peer. */
  abort(): void
}

/** A message to the peer. */
interface Message {
  readonly contextId: number
  readonly command: Uint8Array
  /**
   * Adds the pieces of the data set one after the other. Each piece is copied. Absent for a message without data set.
   */
  readonly addDataSet?: ((add: AddPiece) => Promise<void>) | undefined
}

/** Adds a piece of a data set. Await the result before the next piece. */
export type AddPiece = (piece: Uint8Array) => Promise<void> | undefined

/** Size of the pieces that a message is written in, unless one PDU is longer. */
const bufferByteLength = 256 * 1024

/** Longest wait for the response to a release. Then the connection is closed. */
const releaseMs = 2000

/**
 * Opens an association that proposes the given contexts.
 *
 * @throws {AssociationError} if it cannot be opened. Rejects with the reason of the signal if that aborts.
 */
export async function openAssociation(
  peer: Peer,
  { keys, signal }: { readonly keys: readonly ContextKey[]; readonly signal: AbortSignal },
): Promise<Association> {
  const proposed = proposeContexts(keys)
  const connection = createPduConnection(await connectTo(peer, signal), peer)
  const reader = createCommandReader()
  let lost: AssociationError | undefined
  let isReleasing = false
  let lastMessageId = 0
  /** Waits for the response to the last request. */
  let waiting: PromiseWithResolvers<Pdu | CommandSet> | undefined
  let onLost: (() => void) | undefined

  function lose(error: AssociationError): void {
    if (lost !== undefined) return
    lost = error
    connection.watchSilence(0)
    waiting?.reject(error)
    waiting = undefined
    onLost?.()
  }

  function abort(why: AssociationError): void {
    if (lost !== undefined) return
    void connection.write(encodePdu({ kind: 'abort', source: 0, reason: 0 })).catch(() => {})
    connection.end()
    lose(why)
    // A peer that does not read earlier bytes would keep the socket open.
    setTimeout(() => connection.destroy(), releaseMs).unref()
  }

  function abortByUser(): void {
    abort(new AssociationError('away', 'the association was aborted'))
  }

  function answer(value: Pdu | CommandSet): void {
    const waiter = waiting
    waiting = undefined
    waiter?.resolve(value)
  }

  function onPdu(pdu: Pdu): void {
    if (pdu.kind === 'abort') {
      connection.end()
      lose(abortedBy(pdu.source))
    } else if (pdu.kind === 'release-request') {
      void connection.write(encodePdu({ kind: 'release-response' })).catch(() => {})
      if (isReleasing) return
      connection.end()
      lose(new AssociationError('away', 'the peer released the association by itself'))
    } else if (pdu.kind !== 'data') answer(pdu)
    else if (!isReleasing) readValues(pdu.values)
  }

  function readValues(values: Extract<Pdu, { kind: 'data' }>['values']): void {
    try {
      for (const value of values) {
        const command = reader.add(value)
        if (command === undefined) continue
        if (waiting === undefined) throw new MalformedMessageError('the peer answers without a request')
        answer(command)
      }
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw error
      abort(new AssociationError('away', `the peer breaks PS3.7: ${error.message}`, { cause: error }))
    }
  }

  connection.listen({
    onPdu,
    onEnd: lose,
    onSilent: () => abort(new AssociationError('away', 'the peer has stopped answering')),
  })

  async function associate(): Promise<AssociateAccept> {
    const { calledAeTitle, callingAeTitle, maxPduLength } = peer
    const user = { maxPduLength, implementationClassUid, implementationVersionName }
    const request = encodePdu({ kind: 'associate-request', calledAeTitle, callingAeTitle, contexts: proposed, user })
    const { promise } = (waiting = Promise.withResolvers<Pdu | CommandSet>())
    const timer = setTimeout(() => abort(noAnswer(peer)), peer.timeouts.associationMs)
    signal.addEventListener('abort', abortByUser)
    try {
      await Promise.all([connection.write(request), promise])
      const pdu = await promise
      if (!('kind' in pdu))
        throw new AssociationError('refused', 'the peer answers without an association; check host and port')
      if (pdu.kind === 'associate-accept') return pdu
      if (pdu.kind === 'associate-reject') throw rejectionError(pdu, peer)
      throw new AssociationError(
        'refused',
        'the peer does not answer a request for an association; check host and port',
      )
    } catch (error) {
      connection.destroy()
      signal.throwIfAborted()
      const failure = lost ?? error
      throw failure instanceof AssociationError && isClosed(failure) ? closedWithoutAnswer(failure) : failure
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', abortByUser)
    }
  }

  const accept = await associate()
  const maxPduLength = sendLimit(accept.user.maxPduLength, peer)
  const bufferLength = Math.max(bufferByteLength, pduHeaderLength + maxPduLength)
  const buffers = [new Uint8Array(bufferLength), new Uint8Array(bufferLength)] as const

  async function write(bytes: Uint8Array): Promise<void> {
    if (lost !== undefined) throw lost
    // Only the peer's silence counts. The source of the data set may take longer.
    connection.watchSilence(peer.timeouts.responseMs)
    await connection.write(bytes)
    connection.watchSilence(0)
  }

  async function send({ contextId, command, addDataSet }: Message): Promise<void> {
    if (addDataSet === undefined) {
      const values = [{ contextId, isCommand: true, isLast: true, bytes: command }]
      await write(encodePdu({ kind: 'data', values }))
      return
    }
    const writer = await beginMessage(command, { contextId, maxPduLength, buffers, write })
    await addDataSet((piece) => writer.add(piece))
    await writer.end()
  }

  return {
    contexts: negotiatedContexts(proposed, accept.contexts),
    nextMessageId: () => (lastMessageId = (lastMessageId % 0xffff) + 1),
    async request(message) {
      if (lost !== undefined) throw lost
      const { promise } = (waiting = Promise.withResolvers<Pdu | CommandSet>())
      // If sending fails, the cause that ended the association is reported, if known.
      promise.catch(() => {})
      try {
        await send(message)
        connection.watchSilence(peer.timeouts.responseMs)
        const value = await promise
        connection.watchSilence(0)
        if ('kind' in value)
          throw new AssociationError('away', 'the peer answers a message with another PDU than P-DATA-TF')
        return value
      } catch (error) {
        const isLoss = error instanceof AssociationError
        abort(isLoss ? error : new AssociationError('away', 'the message was not sent completely'))
        throw isLoss ? (lost ?? error) : error
      }
    },
    isOpen: () => lost === undefined && !isReleasing,
    onLost(callback) {
      onLost = callback
      if (lost !== undefined) callback()
    },
    async release() {
      if (lost !== undefined || isReleasing) return
      isReleasing = true
      const { promise } = (waiting = Promise.withResolvers<Pdu | CommandSet>())
      connection.watchSilence(releaseMs)
      await Promise.all([connection.write(encodePdu({ kind: 'release-request' })), promise]).catch(() => {})
      connection.end()
      lose(new AssociationError('away', 'the association was released'))
    },
    abort: abortByUser,
  }
}

/** Returns the longest PDU to send. 0 from the peer means no limit (PS3.8 D.1.1). */
function sendLimit(peerLimit: number, { maxPduLength }: Peer): number {
  if (peerLimit === 0) return maxPduLength
  // An odd length would split a value in a way that some readers do not expect.
  return Math.max(Math.min(peerLimit, maxPduLength) & ~1, valueHeaderLength + 2)
}

function abortedBy(source: number): AssociationError {
  return new AssociationError(
    'away',
    `the peer aborted the association (${source === 2 ? 'its upper layer' : 'its application'})`,
  )
}

function closedWithoutAnswer(cause: AssociationError): AssociationError {
  const why = 'the peer closed the connection without an answer; check host and port, and whether it expects TLS'
  return new AssociationError('away', why, { cause })
}

function noAnswer({ timeouts }: Peer): AssociationError {
  const why = `the peer does not answer a request for an association within ${timeouts.associationMs / 1000} s`
  return new AssociationError('busy', `${why}; check host and port, and read its log`)
}
