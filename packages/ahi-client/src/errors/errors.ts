/**
 * What this package throws. Every class has the fields of {@link AhiError}; tell them apart by `code`, which also
 * holds across copies of the package, with {@link isAhiError}.
 */

/** What went wrong, for programs. */
export type AhiErrorCode =
  | 'AHI_VALIDATION'
  | 'AHI_NOT_FOUND'
  | 'AHI_ACCESS_DENIED'
  | 'AHI_CREDENTIALS'
  | 'AHI_NOT_ACCEPTABLE'
  | 'AHI_CONFLICT'
  | 'AHI_THROTTLED'
  | 'AHI_UNAVAILABLE'
  | 'AHI_OUTAGE'
  | 'AHI_RESPONSE'
  | 'AHI_TOO_LARGE'

/** What a request was about. */
export interface AhiRequestIdentifiers {
  /** Name of the operation in the AHI API, for example `GetImageFrame`. */
  readonly operation?: string | undefined
  readonly datastoreId?: string | undefined
  readonly imageSetId?: string | undefined
  readonly imageFrameId?: string | undefined
  readonly sopInstanceUid?: string | undefined
}

/** The fields of an {@link AhiError} beside its message. */
export interface AhiErrorOptions extends AhiRequestIdentifiers {
  readonly serviceMessage?: string | undefined
  readonly statusCode?: number | undefined
  readonly requestId?: string | undefined
  readonly retryable?: boolean | undefined
  readonly cause?: unknown
}

/** Thrown when a request to AWS HealthImaging fails for good. Base of the classes below; `code` says which. */
export abstract class AhiError extends Error {
  abstract override readonly name: string
  abstract readonly code: AhiErrorCode
  /** Name of the operation in the AHI API, for example `GetImageFrame`. */
  readonly operation: string | undefined
  readonly datastoreId: string | undefined
  readonly imageSetId: string | undefined
  readonly imageFrameId: string | undefined
  readonly sopInstanceUid: string | undefined
  /** HTTP status of the last answer; `undefined` when there was none. */
  readonly statusCode: number | undefined
  /** The `x-amzn-requestid` of the last answer, which AWS Support asks for. */
  readonly requestId: string | undefined
  /** Whether the same request may succeed later. The retries of this client are already over. */
  readonly retryable: boolean
  readonly #serviceMessage: string | undefined

  constructor(message: string, options: AhiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.operation = options.operation
    this.datastoreId = options.datastoreId
    this.imageSetId = options.imageSetId
    this.imageFrameId = options.imageFrameId
    this.sopInstanceUid = options.sopInstanceUid
    this.statusCode = options.statusCode
    this.requestId = options.requestId
    this.retryable = options.retryable ?? false
    this.#serviceMessage = options.serviceMessage
  }

  /**
   * What the service said, as it said it: it may name a patient, and drive a terminal. Neither the message nor `inspect`
   * shows it.
   */
  get serviceMessage(): string | undefined {
    return this.#serviceMessage
  }
}

/**
 * Thrown for an identifier, filter or setting that AHI cannot take, found before the request or by the service.
 * Correct the value that the message names.
 */
export class AhiValidationError extends AhiError {
  override readonly name = 'AhiValidationError'
  override readonly code = 'AHI_VALIDATION'
}

/**
 * Thrown when the data store, image set, version or frame does not exist.
 * Check the identifiers and the region.
 */
export class AhiNotFoundError extends AhiError {
  override readonly name = 'AhiNotFoundError'
  override readonly code = 'AHI_NOT_FOUND'
}

/**
 * Thrown when the credentials are good but do not allow the operation.
 * Grant the permission that the message names on the data store to the identity.
 */
export class AhiAccessDeniedError extends AhiError {
  override readonly name = 'AhiAccessDeniedError'
  override readonly code = 'AHI_ACCESS_DENIED'
}

/**
 * Thrown when there are no AWS credentials, or they have expired or are not known to AWS.
 * Sign in again, or set the profile, the environment variables or the `credentials` option.
 */
export class AhiCredentialsError extends AhiError {
  override readonly name = 'AhiCredentialsError'
  override readonly code = 'AHI_CREDENTIALS'
}

/**
 * Thrown when AHI cannot give an instance or a frame in the form that was asked for.
 * Ask for the instance with the transfer syntax `*`: as it is stored.
 */
export class AhiNotAcceptableError extends AhiError {
  override readonly name = 'AhiNotAcceptableError'
  override readonly code = 'AHI_NOT_ACCEPTABLE'
}

/**
 * Thrown when an image set was still being imported or changed after `conflictTimeoutMs`.
 * Try again later.
 */
export class AhiConflictError extends AhiError {
  override readonly name = 'AhiConflictError'
  override readonly code = 'AHI_CONFLICT'
}

/**
 * Thrown when the service throttled every attempt.
 * Lower `maxConnections`, or have the quota raised.
 */
export class AhiThrottledError extends AhiError {
  override readonly name = 'AhiThrottledError'
  override readonly code = 'AHI_THROTTLED'
}

/**
 * Thrown when the service could not be reached, was silent for too long, or failed (5xx), at every attempt.
 * Try again later where `retryable`; otherwise check the endpoint.
 */
export class AhiUnavailableError extends AhiError {
  override readonly name = 'AhiUnavailableError'
  override readonly code = 'AHI_UNAVAILABLE'
}

/**
 * Thrown when the service had answered before and was then away for `outageTimeoutMs`. All requests of the client fail so.
 * Try again later.
 */
export class AhiOutageError extends AhiError {
  override readonly name = 'AhiOutageError'
  override readonly code = 'AHI_OUTAGE'
}

/**
 * Thrown when an answer was damaged at every attempt: cut off, or not what the API promises.
 * Try again where `retryable`; otherwise the endpoint is not AWS HealthImaging, or something between changes answers.
 */
export class AhiResponseError extends AhiError {
  override readonly name = 'AhiResponseError'
  override readonly code = 'AHI_RESPONSE'
}

/**
 * Thrown when an answer, or the document in it, is larger than the client's limits.
 * Raise the limit that the message names, if an answer of that size is meant.
 */
export class AhiTooLargeError extends AhiError {
  override readonly name = 'AhiTooLargeError'
  override readonly code = 'AHI_TOO_LARGE'
}

const classes: Record<AhiErrorCode, new (message: string, options?: AhiErrorOptions) => AhiError> = {
  AHI_VALIDATION: AhiValidationError,
  AHI_NOT_FOUND: AhiNotFoundError,
  AHI_ACCESS_DENIED: AhiAccessDeniedError,
  AHI_CREDENTIALS: AhiCredentialsError,
  AHI_NOT_ACCEPTABLE: AhiNotAcceptableError,
  AHI_CONFLICT: AhiConflictError,
  AHI_THROTTLED: AhiThrottledError,
  AHI_UNAVAILABLE: AhiUnavailableError,
  AHI_OUTAGE: AhiOutageError,
  AHI_RESPONSE: AhiResponseError,
  AHI_TOO_LARGE: AhiTooLargeError,
}

/** Makes the error of a code. */
export function ahiError(code: AhiErrorCode, message: string, options: AhiErrorOptions): AhiError {
  return new classes[code](message, options)
}

/** Whether `error` is an error of this package, of the given code where one is given. Holds across copies of it. */
export function isAhiError(error: unknown, code?: AhiErrorCode): error is AhiError {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false
  return code === undefined ? Object.hasOwn(classes, error.code) : error.code === code
}
