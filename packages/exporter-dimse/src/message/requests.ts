import { commandFields, commandTags, encodeCommandSet, noDataSet } from './command-set.ts'

/** The Verification SOP class (PS3.4 A.4). */
export const verificationSopClassUid = '1.2.840.10008.1.1'

/** The fields of a C-STORE-RQ. */
export interface StoreRequest {
  readonly messageId: number
  readonly sopClassUid: string
  readonly sopInstanceUid: string
}

/** Means that a data set follows, as any value except {@link noDataSet} does. */
const hasDataSet = 0x0001
const mediumPriority = 0x0000

/** Encodes the command set of a C-STORE-RQ (PS3.7 9.3.1.1). */
export function encodeStoreRequest({ messageId, sopClassUid, sopInstanceUid }: StoreRequest): Uint8Array {
  return encodeCommandSet(
    new Map<number, string | number>([
      [commandTags.affectedSopClassUid, sopClassUid],
      [commandTags.commandField, commandFields.storeRequest],
      [commandTags.messageId, messageId],
      [commandTags.priority, mediumPriority],
      [commandTags.dataSetType, hasDataSet],
      [commandTags.affectedSopInstanceUid, sopInstanceUid],
    ]),
  )
}

/** Encodes the command set of a C-ECHO-RQ (PS3.7 9.3.5.1). */
export function encodeEchoRequest(messageId: number): Uint8Array {
  return encodeCommandSet(
    new Map<number, string | number>([
      [commandTags.affectedSopClassUid, verificationSopClassUid],
      [commandTags.commandField, commandFields.echoRequest],
      [commandTags.messageId, messageId],
      [commandTags.dataSetType, noDataSet],
    ]),
  )
}
