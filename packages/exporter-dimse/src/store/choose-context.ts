import {
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  lookUpTransferSyntax,
} from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import type { ContextKey, NegotiatedContexts } from '../association/contexts.ts'
import { RefusedInstanceError } from './refused-instance-error.ts'

/** The context to send an instance in. */
export interface ChosenContext {
  readonly contextId: number
  /** Transfer syntax to convert the data set to. `undefined` to send it unchanged. */
  readonly transcodedTo: string | undefined
}

/**
 * Returns the context for an instance: the one with its transfer syntax, or Implicit VR Little Endian for an instance
 * in Explicit VR Little Endian.
 *
 * @throws {RefusedInstanceError} if the peer accepts neither
 */
export function chooseContext(contexts: NegotiatedContexts, key: ContextKey): ChosenContext {
  const own = contexts.accepted(key)
  if (own !== undefined) return { contextId: own, transcodedTo: undefined }
  const implicit = contexts.accepted({ ...key, transferSyntaxUid: implicitVrLittleEndian })
  if (key.transferSyntaxUid === explicitVrLittleEndian && implicit !== undefined) {
    return { contextId: implicit, transcodedTo: implicitVrLittleEndian }
  }
  const explicit = contexts.accepted({ ...key, transferSyntaxUid: explicitVrLittleEndian })
  if (implicit === undefined && explicit === undefined) {
    throw new RefusedInstanceError(`the peer does not take SOP class ${key.sopClassUid}; allow that there`)
  }
  throw new RefusedInstanceError(`the peer does not take ${syntaxName(key.transferSyntaxUid)}${adviceOf(key)}`)
}

function syntaxName(uid: string): string {
  const name = lookUpTransferSyntax(uid)?.name
  return name === undefined ? `transfer syntax ${uid}` : `${name} (${uid})`
}

function adviceOf({ transferSyntaxUid }: ContextKey): string {
  const isEncapsulated = lookUpTransferSyntax(transferSyntaxUid)?.isEncapsulated === true
  return isEncapsulated
    ? "; ask for decoded pixels (transfer syntax 'explicit'), or allow that there"
    : '; allow that there'
}
