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

/**
 * Returns the error for a peer that cannot be used. An error that is not an {@link AssociationError} is returned
 * unchanged.
 */
export function peerError(error: unknown, peer: Peer): unknown {
  if (!(error instanceof AssociationError)) return error
  const name = peerName(peer)
  return new OutputError(codes[error.failure], `Cannot send to "${name}": ${error.message}`, {
    path: name,
    cause: error,
  })
}

/** Returns the error for one instance, with its path as messages show it. Other errors are returned unchanged. */
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

/** Returns the error for an instance whose association was lost and that is not sent again. */
export function lostError(error: AssociationError, path: string): OutputError {
  const message = `Cannot send "${path}": ${error.message}; resume the export`
  return new OutputError('OUTPUT_FAILED', message, { path, retryable: true, cause: error })
}
