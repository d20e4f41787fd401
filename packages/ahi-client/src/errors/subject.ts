import { ahiError, type AhiError, type AhiErrorCode, type AhiRequestIdentifiers } from './errors.ts'
import type { Operation } from './operations.ts'
import { ServiceFailure } from './service-failure.ts'

/** The operation and the objects of a request, for its error. */
export interface Subject extends AhiRequestIdentifiers {
  readonly operation: Operation
}

/** Returns the public error for a failed request. An error that is not a `ServiceFailure` is returned unchanged. */
export function ahiErrorOf(error: unknown, subject: Subject): unknown {
  if (!(error instanceof ServiceFailure)) return error
  const { code, message, statusCode, requestId, serviceMessage, cause } = error
  // A later request would exceed the same limit or use the same wrong address.
  const retryable = error.retryable && code !== 'AHI_TOO_LARGE' && !error.isMisdirected
  const options = { ...subject, statusCode, requestId, retryable, serviceMessage, cause }
  return ahiError(code, `Cannot ${phrase(subject)}: ${message}; ${adviceFor(error, subject.operation)}`, options)
}

/** Returns the public error for a failure to connect, before any request. Otherwise as {@link ahiErrorOf}. */
export function connectionErrorOf(error: unknown): unknown {
  if (!(error instanceof ServiceFailure)) return error
  const { code, message, cause } = error
  return ahiError(code, `Cannot connect to AWS HealthImaging: ${message}; ${error.advice ?? advice[code]}`, { cause })
}

/** Returns the error for a value that AHI cannot accept, found before the request. */
export function validationError(subject: Subject, reason: string, remedy: string): AhiError {
  return ahiError('AHI_VALIDATION', `Cannot ${phrase(subject)}: ${reason}; ${remedy}`, subject)
}

function adviceFor(failure: ServiceFailure, operation: Operation): string {
  if (failure.advice !== undefined) return failure.advice
  if (failure.isLocal) return 'raise the limit of open files (ulimit -n) or lower the concurrency'
  if (failure.code === 'AHI_ACCESS_DENIED')
    return `allow medical-imaging:${operation} on the data store to this identity`
  return advice[failure.code]
}

function phrase(subject: Subject): string {
  const datastore = `data store ${quoted(subject.datastoreId)}`
  const imageSet = `image set ${quoted(subject.imageSetId)} in ${datastore}`
  const from = subject.imageSetId === undefined ? datastore : imageSet
  const phrases: Record<Operation, string> = {
    ListDatastores: 'list data stores',
    GetDatastore: `get ${datastore}`,
    SearchImageSets: `search ${datastore}`,
    GetImageSet: `get ${imageSet}`,
    GetImageSetMetadata: `get the metadata of ${imageSet}`,
    GetImageFrame: `get frame ${quoted(subject.imageFrameId)} of ${imageSet}`,
    GetDICOMInstance: `get instance ${quoted(subject.sopInstanceUid)} of ${from}`,
    ListImageSetVersions: `list the versions of ${imageSet}`,
  }
  return phrases[subject.operation]
}

function quoted(id: string | undefined): string {
  return JSON.stringify(id) ?? 'undefined'
}

const advice: Record<AhiErrorCode, string> = {
  AHI_VALIDATION: 'correct the request',
  AHI_NOT_FOUND: 'check the identifiers and the region',
  AHI_ACCESS_DENIED: 'check the permissions of this identity',
  AHI_CREDENTIALS:
    'sign in again (aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN)',
  AHI_NOT_ACCEPTABLE: 'get the instance as it is stored (GetDICOMInstance with transfer-syntax=*)',
  AHI_CONFLICT: 'the image set is being imported or changed, try again later',
  AHI_THROTTLED: 'lower the concurrency or ask AWS to raise the quota, and try again',
  AHI_UNAVAILABLE: 'check the endpoint, the region and the network, and try again later',
  AHI_OUTAGE: 'check the network, and try again when the service is back',
  AHI_TOO_LARGE: 'raise that limit if you expect an answer of that size',
  AHI_RESPONSE: 'try again, and check that the endpoint is AWS HealthImaging and that no proxy changes its answers',
}
