import { OutputError, type OutputErrorCode } from '@ahi-dicom/export-files'
import { AssociationError, type AssociationFailure } from '../association/association-error.ts'
import { peerName, type Peer } from '../association/peer.ts'
import { UnusableFileError } from '../part10/unusable-file-error.ts'
import { RefusedInstanceError } from './refused-instance-error.ts'
import { UnrelatedAnswerError } from './unrelated-answer-error.ts'

const codes: Readonly<Record<AssociationFailure, OutputErrorCode>> = {
  away: 'OUTPUT_UNREACHABLE',
  busy: 'OUTPUT_UNREACHABLE',
  unknown: 'OUTPUT_NOT_FOUND',
  refused: 'OUTPUT_REFUSED',
}

/** Returns the error of a peer that cannot be used. What is no {@link AssociationError} comes back as it is. */
export function peerError(error: unknown, peer: Peer): unknown {
  if (!(error instanceof AssociationError)) return error
  const name = peerName(peer)
  return new OutputError(codes[error.failure], `Cannot send to "${name}": ${error.message}`, {
    path: name,
    cause: error,
  })
}

/** Returns the error of one instance, by its path as messages show it. Others come back as they are. */
export function instanceError(error: unknown, path: string): unknown {
  if (error instanceof RefusedInstanceError) {
    const { message, retryable } = error
    return new OutputError('OUTPUT_FILE_REFUSED', `Cannot send "${path}": ${message}`, {
      path,
      retryable,
      cause: error,
    })
  }
  if (error instanceof UnusableFileError) {
    return new OutputError('OUTPUT_FILE_REFUSED', `Cannot send "${path}": ${error.message}`, { path, cause: error })
  }
  if (error instanceof UnrelatedAnswerError) {
    return new OutputError('OUTPUT_FAILED', `Cannot send "${path}": ${error.message}`, { path, cause: error })
  }
  return error
}

/** Returns the error of an instance whose association was lost, and which is not sent again by itself. */
export function lostError(error: AssociationError, path: string): OutputError {
  const message = `Cannot send "${path}": ${error.message}; resume the export`
  return new OutputError('OUTPUT_FAILED', message, { path, retryable: true, cause: error })
}
