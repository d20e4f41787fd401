/**
 * Error classes of this package. All have the fields of {@link AhiError}. To tell them apart, use {@link isAhiError}
 * with a code, which also works if the package is installed twice.
 */

/** Why a request failed, for programs. */
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

/** The operation and the objects of a request. */
export interface AhiRequestIdentifiers {
  /** Name of the operation in the AHI API, for example `GetImageFrame`. */
  readonly operation?: string | undefined
  readonly datastoreId?: string | undefined
  readonly imageSetId?: string | undefined
  readonly imageFrameId?: string | undefined
  readonly sopInstanceUid?: string | undefined
}

/** The fields of an {@link AhiError} besides its message. */
export interface AhiErrorOptions extends AhiRequestIdentifiers {
  readonly serviceMessage?: string | undefined
  readonly statusCode?: number | undefined
  readonly requestId?: string | undefined
  readonly retryable?: boolean | undefined
  readonly cause?: unknown
}

/**
 * Thrown when a request to AWS HealthImaging fails for good. Base class of all errors of this package; `code` tells the
 * reason.
 */
export abstract class AhiError extends Error {
  abstract override readonly name: string
  abstract readonly code: AhiErrorCode
  /** Name of the operation in the AHI API, for example `GetImageFrame`. */
  readonly operation: string | undefined
  readonly datastoreId: string | undefined
  readonly imageSetId: string | undefined
  readonly imageFrameId: string | undefined
  readonly sopInstanceUid: string | undefined
  /** HTTP status of the last answer. `undefined` if there was no answer. */
  readonly statusCode: number | undefined
  /** The `x-amzn-requestid` of the last answer. AWS Support asks for it. */
  readonly requestId: string | undefined
  /** True if the same request may succeed later. The client has already used up its retries. */
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
   * Text of the service, unchanged. It may name a patient or contain terminal control characters, so neither the
   * message nor `inspect` shows it.
   */
  get serviceMessage(): string | undefined {
    return this.#serviceMessage
  }
}

/**
 * Thrown if AHI cannot accept an identifier, filter or setting. It is found before the request or by the service.
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
 * Thrown when the credentials are valid but do not allow the operation. Grant the identity the permission that the
 * message names, on the data store.
 */
export class AhiAccessDeniedError extends AhiError {
  override readonly name = 'AhiAccessDeniedError'
  override readonly code = 'AHI_ACCESS_DENIED'
}

/**
 * Thrown when there are no AWS credentials, or they have expired, or AWS does not know them. Sign in again, or set the
 * profile, the environment variables or the `credentials` option.
 */
export class AhiCredentialsError extends AhiError {
  override readonly name = 'AhiCredentialsError'
  override readonly code = 'AHI_CREDENTIALS'
}

/**
 * Thrown when AHI cannot send an instance or a frame in the requested form. Request the instance with the transfer
 * syntax `*`, which sends it as stored.
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

/** Thrown when the service throttled every attempt. Lower `maxConnections`, or ask AWS to raise the quota. */
export class AhiThrottledError extends AhiError {
  override readonly name = 'AhiThrottledError'
  override readonly code = 'AHI_THROTTLED'
}

/**
 * Thrown when at every attempt the service could not be reached, was silent for too long, or failed (5xx). If
 * `retryable` is true, try again later. Otherwise check the endpoint.
 */
export class AhiUnavailableError extends AhiError {
  override readonly name = 'AhiUnavailableError'
  override readonly code = 'AHI_UNAVAILABLE'
}

/**
 * Thrown when the service had answered before and was then away for `outageTimeoutMs`. All requests of the client then
 * fail with this error. Try again later.
 */
export class AhiOutageError extends AhiError {
  override readonly name = 'AhiOutageError'
  override readonly code = 'AHI_OUTAGE'
}

/**
 * Thrown when an answer was damaged at every attempt: cut off, or not in the form of the API. If `retryable` is true,
 * try again. Otherwise the endpoint is not AWS HealthImaging, or a proxy changes its answers.
 */
export class AhiResponseError extends AhiError {
  override readonly name = 'AhiResponseError'
  override readonly code = 'AHI_RESPONSE'
}

/**
 * Thrown when an answer, or the document in it, exceeds a limit of the client. If you expect that size, raise the limit
 * that the message names.
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

/** Returns a new error with the class of its code. */
export function ahiError(code: AhiErrorCode, message: string, options: AhiErrorOptions): AhiError {
  return new classes[code](message, options)
}

/**
 * True if `error` is an error of this package, with the given code if there is one. It compares codes and not classes,
 * so it also works if the package is installed twice.
 *
 * @example
 * import { isAhiError } from '@ahi-dicom/ahi-client'
 *
 * try {
 *   await client.getImageSetMetadata({ datastoreId, imageSetId: '0'.repeat(32) })
 * } catch (error) {
 *   if (isAhiError(error)) console.log(error.code) // AHI_NOT_FOUND
 * }
 */
export function isAhiError(error: unknown, code?: AhiErrorCode): error is AhiError {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false
  return code === undefined ? Object.hasOwn(classes, error.code) : error.code === code
}
