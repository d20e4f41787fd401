import {
  dicomApplicationContext,
  itemTypes,
  pduHeaderLength,
  pduTypes,
  valueHeaderLength,
  type AnsweredContext,
  type AssociateAccept,
  type AssociateRequest,
  type DataTransfer,
  type Pdu,
  type ProposedContext,
  type UserInformation,
} from './pdu.ts'

/** Encodes a PDU (PS3.8 9.3). */
export function encodePdu(pdu: Pdu): Uint8Array {
  switch (pdu.kind) {
    case 'associate-request':
      return withHeader(pduTypes.associateRequest, [associateHead(pdu), ...requestItems(pdu)])
    case 'associate-accept':
      return withHeader(pduTypes.associateAccept, [associateHead(), ...acceptItems(pdu)])
    case 'associate-reject':
      return withHeader(pduTypes.associateReject, [Uint8Array.of(0, pdu.result, pdu.source, pdu.reason)])
    case 'data':
      return withHeader(pduTypes.data, dataValues(pdu))
    case 'release-request':
      return withHeader(pduTypes.releaseRequest, [new Uint8Array(4)])
    case 'release-response':
      return withHeader(pduTypes.releaseResponse, [new Uint8Array(4)])
    default:
      return withHeader(pduTypes.abort, [Uint8Array.of(0, 0, pdu.source, pdu.reason)])
  }
}

/** Writes the header of a P-DATA-TF with one presentation data value (12 bytes) at an offset (PS3.8 9.3.5 and E.2). */
export function writeDataHeader(bytes: Uint8Array, offset: number, value: DataHeader): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, pduHeaderLength + valueHeaderLength)
  const { contextId, byteLength, isCommand, isLast } = value
  view.setUint8(0, pduTypes.data)
  view.setUint8(1, 0)
  view.setUint32(2, valueHeaderLength + byteLength)
  view.setUint32(6, valueHeaderLength - 4 + byteLength)
  view.setUint8(10, contextId)
  view.setUint8(11, (isCommand ? 1 : 0) + (isLast ? 2 : 0))
}

/** The header of a P-DATA-TF with one value. */
export interface DataHeader {
  readonly contextId: number
  readonly isCommand: boolean
  readonly isLast: boolean
  /** Length of this part of the command or the data set. */
  readonly byteLength: number
}

/** Returns protocol version, titles and reserved bytes. The receiver of an A-ASSOCIATE-AC does not check its titles. */
function associateHead(titles: Partial<AssociateRequest> = {}): Uint8Array {
  const head = Buffer.alloc(68)
  head.writeUInt16BE(1, 0)
  head.write((titles.calledAeTitle ?? '').padEnd(16), 4, 16, 'latin1')
  head.write((titles.callingAeTitle ?? '').padEnd(16), 20, 16, 'latin1')
  return head
}

function requestItems({ contexts, user }: AssociateRequest): readonly Uint8Array[] {
  return [applicationContext(), ...contexts.map(proposedContext), userInformation(user)]
}

function acceptItems({ contexts, user }: AssociateAccept): readonly Uint8Array[] {
  return [applicationContext(), ...contexts.map(answeredContext), userInformation(user)]
}

function applicationContext(): Uint8Array {
  return textItem(itemTypes.applicationContext, dicomApplicationContext)
}

function proposedContext({ id, abstractSyntax, transferSyntaxes }: ProposedContext): Uint8Array {
  return item(itemTypes.proposedContext, [
    Uint8Array.of(id, 0, 0, 0),
    textItem(itemTypes.abstractSyntax, abstractSyntax),
    ...transferSyntaxes.map((uid) => textItem(itemTypes.transferSyntax, uid)),
  ])
}

function answeredContext({ id, result, transferSyntax }: AnsweredContext): Uint8Array {
  const syntax = textItem(itemTypes.transferSyntax, transferSyntax)
  return item(itemTypes.answeredContext, [Uint8Array.of(id, 0, result, 0), syntax])
}

function userInformation(user: UserInformation): Uint8Array {
  const maxPduLength = new Uint8Array(4)
  new DataView(maxPduLength.buffer).setUint32(0, user.maxPduLength)
  return item(itemTypes.userInformation, [
    item(itemTypes.maxPduLength, [maxPduLength]),
    textItem(itemTypes.implementationClassUid, user.implementationClassUid),
    textItem(itemTypes.implementationVersionName, user.implementationVersionName),
  ])
}

function dataValues({ values }: DataTransfer): readonly Uint8Array[] {
  return values.flatMap(({ contextId, isCommand, isLast, bytes }) => {
    const header = new Uint8Array(valueHeaderLength)
    new DataView(header.buffer).setUint32(0, bytes.byteLength + 2)
    header.set([contextId, (isCommand ? 1 : 0) + (isLast ? 2 : 0)], 4)
    return [header, bytes]
  })
}

function textItem(type: number, text: string): Uint8Array {
  return item(type, [Buffer.from(text, 'latin1')])
}

/** Returns an item or a sub-item, which has a 16-bit length. */
function item(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts)
  const header = Buffer.from([type, 0, 0, 0])
  header.writeUInt16BE(content.byteLength, 2)
  return Buffer.concat([header, content])
}

function withHeader(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts)
  const header = Buffer.from([type, 0, 0, 0, 0, 0])
  header.writeUInt32BE(content.byteLength, 2)
  return Buffer.concat([header, content])
}
