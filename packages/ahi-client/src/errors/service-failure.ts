import type { AhiErrorCode } from './errors.ts'

/** What is known of a failed attempt beside its reason. */
export interface ServiceFailureOptions {
  readonly statusCode?: number | undefined
  readonly requestId?: string | undefined
  /** Whether another attempt makes sense. */
  readonly retryable?: boolean | undefined
  /** What the service asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  /** Nobody answered at the address. */
  readonly unreachable?: boolean | undefined
  /** This machine could not open a connection: it says nothing of the service. */
  readonly isLocal?: boolean | undefined
  /** What to do about it, instead of what the code alone tells. */
  readonly advice?: string | undefined
  /** What answered is not AHI, or nothing is there: a wrong region, endpoint or proxy. The same request fails later too. */
  readonly isMisdirected?: boolean | undefined
  /** The service says that the credentials have expired. */
  readonly credentialsExpired?: boolean | undefined
  /** What the service said. It may hold anything, so it is kept apart from the reason. */
  readonly serviceMessage?: string | undefined
  /** The `Date` of an answer that refused the signature, in milliseconds since 1970. */
  readonly serverTimeMs?: number | undefined
  readonly cause?: unknown
}

/** One attempt that failed. Its message is the reason alone; `ahiErrorOf` adds what was attempted, for the caller. */
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
