import { createByteCursor, type ByteCursor } from './byte-cursor.ts'
import { MalformedPduError } from './malformed-pdu-error.ts'
import {
  itemTypes,
  pduHeaderLength,
  pduTypes,
  type AnsweredContext,
  type AssociateAccept,
  type AssociateRequest,
  type Pdu,
  type PresentationDataValue,
  type ProposedContext,
  type UserInformation,
} from './pdu.ts'

/**
 * Decodes one complete PDU with its header. Bytes of presentation data values are views. Unknown items are skipped, as
 * PS3.8 9.3.1 requires.
 *
 * @throws {MalformedPduError} if the PDU breaks PS3.8 9.3
 */
export function decodePdu(pdu: Uint8Array): Pdu {
  const [firstByte = 0] = pdu
  const cursor = createByteCursor(pdu, (why) => {
    throw new MalformedPduError(`a PDU of type ${firstByte} is not well formed: ${why}`, { firstByte })
  })
  cursor.skip(pduHeaderLength)
  switch (firstByte) {
    case pduTypes.associateRequest:
      return decodeAssociateRequest(cursor)
    case pduTypes.associateAccept:
      return decodeAssociateAccept(cursor)
    case pduTypes.associateReject:
      cursor.skip(1)
      return { kind: 'associate-reject', result: cursor.uint8(), source: cursor.uint8(), reason: cursor.uint8() }
    case pduTypes.data:
      return { kind: 'data', values: decodeValues(cursor, firstByte) }
    case pduTypes.releaseRequest:
      return { kind: 'release-request' }
    case pduTypes.releaseResponse:
      return { kind: 'release-response' }
    case pduTypes.abort:
      cursor.skip(2)
      return { kind: 'abort', source: cursor.uint8(), reason: cursor.uint8() }
    default:
      throw new MalformedPduError(`there is no PDU of type ${firstByte}`, { firstByte })
  }
}

function decodeAssociateRequest(cursor: ByteCursor): AssociateRequest {
  cursor.skip(4)
  const calledAeTitle = cursor.text(16)
  const callingAeTitle = cursor.text(16)
  cursor.skip(32)
  const contexts: ProposedContext[] = []
  let user = silentUser
  eachItem(cursor, (type, item) => {
    if (type === itemTypes.proposedContext) contexts.push(decodeProposedContext(item))
    else if (type === itemTypes.userInformation) user = decodeUserInformation(item)
  })
  return { kind: 'associate-request', calledAeTitle, callingAeTitle, contexts, user }
}

function decodeAssociateAccept(cursor: ByteCursor): AssociateAccept {
  cursor.skip(68)
  const contexts: AnsweredContext[] = []
  let user = silentUser
  eachItem(cursor, (type, item) => {
    if (type === itemTypes.answeredContext) contexts.push(decodeAnsweredContext(item))
    else if (type === itemTypes.userInformation) user = decodeUserInformation(item)
  })
  return { kind: 'associate-accept', contexts, user }
}

function decodeProposedContext(cursor: ByteCursor): ProposedContext {
  const id = cursor.uint8()
  cursor.skip(3)
  let abstractSyntax = ''
  const transferSyntaxes: string[] = []
  eachItem(cursor, (type, item) => {
    if (type === itemTypes.abstractSyntax) abstractSyntax = item.text(item.left())
    else if (type === itemTypes.transferSyntax) transferSyntaxes.push(item.text(item.left()))
  })
  return { id, abstractSyntax, transferSyntaxes }
}

function decodeAnsweredContext(cursor: ByteCursor): AnsweredContext {
  const id = cursor.uint8()
  cursor.skip(1)
  const result = cursor.uint8()
  cursor.skip(1)
  let transferSyntax = ''
  eachItem(cursor, (type, item) => {
    if (type === itemTypes.transferSyntax) transferSyntax = item.text(item.left())
  })
  return { id, result, transferSyntax }
}

/** User information of a peer that sends none. */
const silentUser: UserInformation = { maxPduLength: 0, implementationClassUid: '', implementationVersionName: '' }

function decodeUserInformation(cursor: ByteCursor): UserInformation {
  let user = silentUser
  eachItem(cursor, (type, item) => {
    if (type === itemTypes.maxPduLength) user = { ...user, maxPduLength: item.uint32() }
    else if (type === itemTypes.implementationClassUid)
      user = { ...user, implementationClassUid: item.text(item.left()) }
    else if (type === itemTypes.implementationVersionName)
      user = { ...user, implementationVersionName: item.text(item.left()) }
  })
  return user
}

function eachItem(cursor: ByteCursor, take: (type: number, item: ByteCursor) => void): void {
  while (cursor.left() > 0) {
    const type = cursor.uint8()
    cursor.skip(1)
    take(type, cursor.part(cursor.uint16()))
  }
}

function decodeValues(cursor: ByteCursor, firstByte: number): PresentationDataValue[] {
  const values: PresentationDataValue[] = []
  while (cursor.left() > 0) {
    const length = cursor.uint32()
    if (length < 2) throw new MalformedPduError('a presentation data value has no header', { firstByte })
    const value = cursor.part(length)
    const contextId = value.uint8()
    const control = value.uint8()
    values.push({
      contextId,
      isCommand: (control & 1) === 1,
      isLast: (control & 2) === 2,
      bytes: value.bytes(value.left()),
    })
  }
  return values
}
