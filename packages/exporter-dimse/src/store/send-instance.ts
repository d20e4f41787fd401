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
 * Sends an instance by C-STORE (PS3.7 9.1.1). The reader must be at the first element of its data set.
 *
 * @throws {RefusedInstanceError} if the peer does not accept it
 * @throws {UnrelatedAnswerError} if the response belongs to another request; the association is aborted
 * @throws {AssociationError} if the association is lost
 * @throws {UnusableFileError} if the data set cannot be converted; the association is aborted
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
    throw new UnrelatedAnswerError('the peer answers another request')
  }
  const { outcome, code, meaning } = storeStatus(status)
  if (outcome === 'stored') return storeAnswer(storeStatus(status), transcodedTo)
  throw new RefusedInstanceError(`the peer refuses it with status ${code} (${meaning})`, {
    retryable: outcome === 'later',
  })
}

/**
 * Sends a data set unchanged. Messages have an even length (PS3.8 E.2), so a deflated data set is padded (PS3.5 A.5).
 */
async function copyDataSet(reader: ByteReader, add: AddPiece, { transferSyntaxUid }: FileMeta): Promise<void> {
  const start = reader.position()
  for await (const piece of reader.pieces(Infinity)) await add(piece)
  if ((reader.position() - start) % 2 === 0) return
  if (!dataSetEncoding(transferSyntaxUid).isDeflated) {
    throw new UnusableFileError('its data set has an odd length, so it may be cut short')
  }
  await add(Uint8Array.of(0))
}

/** Returns the status of a response. `undefined` if it is not the response to the request (PS3.7 9.3.1.2). */
function statusOf(answer: CommandSet, { messageId, sopClassUid, sopInstanceUid }: StoreRequest): number | undefined {
  const isResponse = commandNumber(answer, commandTags.commandField) === commandFields.storeResponse
  const isToMessage = commandNumber(answer, commandTags.messageIdBeingRespondedTo) === messageId
  // A response may leave out the UIDs.
  const ofInstance = commandUid(answer, commandTags.affectedSopInstanceUid) ?? sopInstanceUid
  const ofClass = commandUid(answer, commandTags.affectedSopClassUid) ?? sopClassUid
  const isOfInstance = ofInstance === sopInstanceUid && ofClass === sopClassUid
  return isResponse && isToMessage && isOfInstance ? commandNumber(answer, commandTags.status) : undefined
}
