import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import {
  commandFields,
  commandTags,
  decodeCommandSet,
  encodeCommandSet,
  noDataSet,
} from '../../src/message/command-set.ts'
import { decodePdu } from '../../src/pdu/decode-pdu.ts'
import { encodePdu } from '../../src/pdu/encode-pdu.ts'
import type { AssociateRequest, Pdu } from '../../src/pdu/pdu.ts'
import { createPduSplitter } from '../../src/pdu/pdu-splitter.ts'

/** A peer with scripted behaviour. */
export interface ScriptedPeer extends AsyncDisposable {
  readonly port: number
  /** Association requests received. */
  readonly requests: AssociateRequest[]
  /** Complete data sets received, by SOP instance UID, in order. */
  readonly stored: { readonly sopInstanceUid: string; readonly dataSet: Buffer }[]
  /** Most associations open at a time. */
  mostOpen(): number
}

/** Script of the peer. Default: a correct peer. */
export interface Script {
  /** Answers an association request. `undefined`: no answer. */
  readonly associate?: (request: AssociateRequest, place: Place) => Pdu | undefined
  /** Gets each P-DATA-TF. Returns true if the peer must ignore it. */
  readonly data?: (place: Place) => boolean
  /** Answers a complete message. `undefined`: no answer. */
  readonly answer?: (message: ReceivedMessage, place: Place) => Uint8Array | undefined
  readonly release?: (place: Place) => void
}

/** The association of an event. */
export interface Place {
  readonly socket: Socket
  /** Number of the association, from 0. */
  readonly association: number
  readonly send: (pdu: Pdu) => void
}

/** A received message. */
export interface ReceivedMessage {
  readonly contextId: number
  readonly messageId: number
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly isEcho: boolean
}

/** Starts a peer on a free port. */
export async function startPeer(script: Script = {}): Promise<ScriptedPeer> {
  const requests: AssociateRequest[] = []
  const stored: { sopInstanceUid: string; dataSet: Buffer }[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  let open = 0
  let mostOpen = 0

  const server = createServer((socket) => {
    sockets.add(socket)
    const splitter = createPduSplitter({ longest: 1 << 20 })
    const place: Place = { socket, association: connections++, send: (pdu) => void socket.write(encodePdu(pdu)) }
    let command: Buffer[] = []
    let dataSet: Buffer[] = []
    let isOpen = false
    function close(): void {
      if (isOpen) open -= 1
      isOpen = false
    }
    function takeMessage(contextId: number): void {
      const message = { contextId, ...describe(Buffer.concat(command)) }
      if (!message.isEcho) stored.push({ sopInstanceUid: message.sopInstanceUid, dataSet: Buffer.concat(dataSet) })
      command = []
      dataSet = []
      const answer = (script.answer ?? success)(message, place)
      if (answer === undefined) return
      place.send({ kind: 'data', values: [{ contextId, isCommand: true, isLast: true, bytes: answer }] })
    }
    function take(pdu: Pdu): void {
      if (pdu.kind === 'associate-request') {
        requests.push(pdu)
        const answer = (script.associate ?? acceptAll)(pdu, place)
        if (answer?.kind === 'associate-accept') {
          isOpen = true
          open += 1
          mostOpen = Math.max(mostOpen, open)
        }
        if (answer !== undefined) place.send(answer)
      } else if (pdu.kind === 'data') {
        if (script.data?.(place) === true) return
        for (const { isCommand, isLast, bytes, contextId } of pdu.values) {
          ;(isCommand ? command : dataSet).push(Buffer.from(bytes))
          if (!isLast) continue
          if (!isCommand || describe(Buffer.concat(command)).isEcho) takeMessage(contextId)
        }
      } else if (pdu.kind === 'release-request') {
        close()
        if (script.release) script.release(place)
        else place.send({ kind: 'release-response' })
      }
    }
    socket.on('data', (bytes) => splitter.feed(bytes).forEach((pdu) => take(decodePdu(pdu))))
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      close()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    requests,
    stored,
    mostOpen: () => mostOpen,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function describe(command: Buffer): Omit<ReceivedMessage, 'contextId'> {
  const set = decodeCommandSet(command)
  return {
    messageId: Number(set.get(commandTags.messageId)),
    sopClassUid: String(set.get(commandTags.affectedSopClassUid)),
    sopInstanceUid: String(set.get(commandTags.affectedSopInstanceUid)),
    isEcho: set.get(commandTags.commandField) === commandFields.echoRequest,
  }
}

const user = { maxPduLength: 16_384, implementationClassUid: '1.2.3', implementationVersionName: 'SCRIPTED' }

/** Accepts every context. */
export function acceptAll(request: AssociateRequest): Pdu {
  return acceptSome(request, () => true)
}

/** Accepts only contexts with a given transfer syntax. */
export function acceptSome({ contexts }: AssociateRequest, isLiked: (uid: string, sopClass: string) => boolean): Pdu {
  const answered = contexts.map(({ id, abstractSyntax, transferSyntaxes: [uid = ''] }) => {
    return { id, result: isLiked(uid, abstractSyntax) ? 0 : 4, transferSyntax: uid }
  })
  return { kind: 'associate-accept', contexts: answered, user }
}

/** Encodes a response. */
export function answerOf(
  message: ReceivedMessage,
  changes: ReadonlyMap<number, string | number> = new Map(),
): Uint8Array {
  const { isEcho, messageId, sopClassUid, sopInstanceUid } = message
  return encodeCommandSet(
    new Map<number, string | number>([
      [commandTags.affectedSopClassUid, sopClassUid],
      [commandTags.commandField, isEcho ? commandFields.echoResponse : commandFields.storeResponse],
      [commandTags.messageIdBeingRespondedTo, messageId],
      [commandTags.dataSetType, noDataSet],
      [commandTags.status, 0],
      ...(isEcho ? [] : ([[commandTags.affectedSopInstanceUid, sopInstanceUid]] as const)),
      ...changes,
    ]),
  )
}

function success(message: ReceivedMessage): Uint8Array {
  return answerOf(message)
}
