import {
  explicitVrLittleEndian,
  htj2k,
  htj2kLossless,
  htj2kLosslessRpcl,
  implicitVrLittleEndian,
  jpeg2000Lossless,
  jpegBaseline,
  jpegLosslessSv1,
  jpegLsLossless,
  lookUpTransferSyntax,
  rleLossless,
} from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { storageSopClassUid } from '@ahi-dicom/dicom-standard/sop-classes'
import { AssociationError } from '../association/association-error.ts'
import { openAssociation, type Association } from '../association/association.ts'
import type { Peer } from '../association/peer.ts'
import { commandFields, commandNumber, commandTags } from '../message/command-set.ts'
import { encodeEchoRequest, verificationSopClassUid } from '../message/requests.ts'

const echoContext = { sopClassUid: verificationSopClassUid, transferSyntaxUid: implicitVrLittleEndian }

/** Transfer syntaxes to check: the most common ones in archives, and the ones that AHI stores. */
const checkedSyntaxes = [
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  htj2kLosslessRpcl,
  htj2kLossless,
  htj2k,
  jpeg2000Lossless,
  jpegLsLossless,
  jpegLosslessSv1,
  jpegBaseline,
  rleLossless,
]

const ctImageStorage = storageSopClassUid('CTImageStorage') ?? ''

/**
 * Checks a peer by C-ECHO (PS3.7 9.1.5) and finds the transfer syntaxes that it accepts for CT images. Returns the
 * results as sentences.
 *
 * @throws {AssociationError} if there is no association, or the peer does not answer the C-ECHO with success
 */
export async function checkPeer(peer: Peer, signal: AbortSignal): Promise<readonly string[]> {
  const ctContexts = checkedSyntaxes.map((transferSyntaxUid) => ({ sopClassUid: ctImageStorage, transferSyntaxUid }))
  const association = await openAssociation(peer, { keys: [echoContext, ...ctContexts], signal })
  const onAbort = (): void => association.abort()
  signal.addEventListener('abort', onAbort)
  try {
    const echo = await sendEcho(association)
    const taken = ctContexts.filter((key) => association.contexts.accepted(key) !== undefined)
    const names = taken.map(({ transferSyntaxUid: uid }) => lookUpTransferSyntax(uid)?.name ?? uid)
    const ofCt = names.length === 0 ? 'It does not take CT images.' : `It takes CT images in ${names.join(', ')}.`
    return [echo, ofCt]
  } finally {
    signal.removeEventListener('abort', onAbort)
    await association.release()
  }
}

async function sendEcho(association: Association): Promise<string> {
  const contextId = association.contexts.accepted(echoContext)
  if (contextId === undefined) return 'The peer accepts associations, but no C-ECHO.'
  const messageId = association.nextMessageId()
  const answer = await association.request({ contextId, command: encodeEchoRequest(messageId) })
  const isResponse = commandNumber(answer, commandTags.commandField) === commandFields.echoResponse
  const isToMessage = commandNumber(answer, commandTags.messageIdBeingRespondedTo) === messageId
  if (!isResponse || !isToMessage || commandNumber(answer, commandTags.status) !== 0) {
    throw new AssociationError('refused', 'the peer does not answer a C-ECHO with success; read its log')
  }
  return 'The peer answers a C-ECHO.'
}
