import type { AhiErrorCode } from './errors.ts'

/** Details of a failed attempt, besides its reason. */
export interface ServiceFailureOptions {
  readonly statusCode?: number | undefined
  readonly requestId?: string | undefined
  /** True if another attempt may succeed. */
  readonly retryable?: boolean | undefined
  /** Pause that the service asked for, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  /** True if nothing answered at the address. */
  readonly unreachable?: boolean | undefined
  /** True if this machine could not open a connection. The service may be fine. */
  readonly isLocal?: boolean | undefined
  /** The advice in the error's message, in place of the default advice for the code. */
  readonly advice?: string | undefined
  /**
   * True if the address is wrong (region, endpoint or proxy): the answer is not from AHI, or nothing is there. Later
   * requests fail too.
   */
  readonly isMisdirected?: boolean | undefined
  /** True if the service says that the credentials have expired. */
  readonly credentialsExpired?: boolean | undefined
  /** Text of the service. It may contain anything, so it is kept apart from the reason. */
  readonly serviceMessage?: string | undefined
  /** The `Date` of an answer that refused the signature, in milliseconds since 1970. */
  readonly serverTimeMs?: number | undefined
  readonly cause?: unknown
}

/**
 * One failed attempt. The message is only the reason. `ahiErrorOf` makes the public error, which adds the request and
 * advice.
 *
 * @example
 * import { ServiceFailure } from '@ahi-dicom/ahi-client/http'
 *
 * const failure = new ServiceFailure('AHI_UNAVAILABLE', 'the server is busy', { statusCode: 503, retryable: true })
 * console.log(failure.code, failure.retryable) // AHI_UNAVAILABLE true
 */
export class ServiceFailure extends Error {
  override readonly name = 'ServiceFailure'
  readonly code: AhiErrorCode
  readonly statusCode: number | undefined
  readonly requestId: string | undefined
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  readonly unreachable: boolean
  readonly isLocal: boolean
  readonly advice: string | undefined
  readonly isMisdirected: boolean
  readonly credentialsExpired: boolean
  readonly serviceMessage: string | undefined
  readonly serverTimeMs: number | undefined

  constructor(code: AhiErrorCode, reason: string, options: ServiceFailureOptions = {}) {
    super(reason, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.statusCode = options.statusCode
    this.requestId = options.requestId
    this.retryable = options.retryable ?? false
    this.retryAfterMs = options.retryAfterMs
    this.unreachable = options.unreachable ?? false
    this.isLocal = options.isLocal ?? false
    this.advice = options.advice
    this.isMisdirected = options.isMisdirected ?? false
    this.credentialsExpired = options.credentialsExpired ?? false
    this.serviceMessage = options.serviceMessage
    this.serverTimeMs = options.serverTimeMs
  }
}
