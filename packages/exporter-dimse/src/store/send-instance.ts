import { dataSetEncoding } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import type { DestinationAnswer } from '@ahi-dicom/export-files'
import type { AddPiece, Association } from '../association/association.ts'
import { commandFields, commandNumber, commandTags, commandUid, type CommandSet } from '../message/command-set.ts'
import { encodeStoreRequest, type StoreRequest } from '../message/requests.ts'
import type { ByteReader } from '../part10/byte-reader.ts'
import type { FileMeta } from '../part10/read-file-meta.ts'
import { UnusableFileError } from '../part10/unusable-file-error.ts'
import { explicitToImplicit } from '../transcode/explicit-to-implicit.ts'
import { chooseContext } from './choose-context.ts'
import { RefusedInstanceError } from './refused-instance-error.ts'
import { storeAnswer, storeStatus } from './store-status.ts'
import { UnrelatedAnswerError } from './unrelated-answer-error.ts'

/**
 * Sends an instance by C-STORE (PS3.7 9.1.1). The reader is at the first element of its data set.
 *
 * @throws {RefusedInstanceError} if the peer does not take it
 * @throws {UnrelatedAnswerError} if the peer answers something else; the association is aborted then
 * @throws {AssociationError} if the association is lost
 * @throws {UnusableFileError} if it cannot be transcoded; the association is aborted then
 */
export async function sendInstance(
  association: Association,
  meta: FileMeta,
  reader: ByteReader,
): Promise<DestinationAnswer> {
  const { contextId, transcodedTo } = chooseContext(association.contexts, meta)
  const { sopClassUid, sopInstanceUid } = meta
  const request = { messageId: association.nextMessageId(), sopClassUid, sopInstanceUid }
  const answer = await association.request({
    contextId,
    command: encodeStoreRequest(request),
    addDataSet: (add) =>
      transcodedTo === undefined ? copyDataSet(reader, add, meta) : explicitToImplicit(reader, add),
  })
  const status = statusOf(answer, request)
  if (status === undefined) {
    association.abort()
    throw new UnrelatedAnswerError('the peer answers something else than what was sent')
  }
  const { outcome, code, meaning } = storeStatus(status)
  if (outcome === 'stored') return storeAnswer(storeStatus(status), transcodedTo)
  throw new RefusedInstanceError(`the peer refuses it with status ${code} (${meaning})`, {
    retryable: outcome === 'later',
  })
}

/** Sends a data set as it is. Messages have an even length (PS3.8 E.2): a deflated one is padded for that (PS3.5 A.5). */
async function copyDataSet(reader: ByteReader, add: AddPiece, { transferSyntaxUid }: FileMeta): Promise<void> {
  const start = reader.position()
  for await (const piece of reader.pieces(Infinity)) await add(piece)
  if ((reader.position() - start) % 2 === 0) return
  if (!dataSetEncoding(transferSyntaxUid).isDeflated) {
    throw new UnusableFileError('its data set has an odd length, as one that is cut short')
  }
  await add(Uint8Array.of(0))
}

/** Returns the status of an answer, or undefined if it is not the answer to the request (PS3.7 9.3.1.2). */
function statusOf(answer: CommandSet, { messageId, sopClassUid, sopInstanceUid }: StoreRequest): number | undefined {
  const isResponse = commandNumber(answer, commandTags.commandField) === commandFields.storeResponse
  const isToMessage = commandNumber(answer, commandTags.messageIdBeingRespondedTo) === messageId
  // The UIDs may be left out of an answer.
  const ofInstance = commandUid(answer, commandTags.affectedSopInstanceUid) ?? sopInstanceUid
  const ofClass = commandUid(answer, commandTags.affectedSopClassUid) ?? sopClassUid
  const isOfInstance = ofInstance === sopInstanceUid && ofClass === sopClassUid
  return isResponse && isToMessage && isOfInstance ? commandNumber(answer, commandTags.status) : undefined
}
