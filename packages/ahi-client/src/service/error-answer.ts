import type { AhiErrorCode } from '../errors/errors.ts'
import type { HttpAnswer } from '../http/http-exchange.ts'
import { ServiceFailure } from '../errors/service-failure.ts'
import { refusedByProxy } from '../http/opened-request.ts'
import { foreignAnswer, foreignToIdentityService } from './foreign-answer.ts'

/**
 * Reads an answer that is not a success: header `x-amzn-ErrorType: Name` or `Name:uri`, or `__type`/`code` in the
 * body, and `message`/`Message` there. A body that is not JSON, or none, says nothing; the status then decides.
 */
export function failureOfAnswer(answer: HttpAnswer): ServiceFailure {
  const { statusCode } = answer
  if (statusCode === 407) return refusedByProxy(statusCode)
  const body = parseErrorBody(answer.body)
  const errorName = errorNameOf(answer, body)
  const foreign = errorName === undefined ? foreignAnswer(answer) : undefined
  const code = codeOf(statusCode, errorName)
  const reason = foreign?.reason ?? `the service answered ${named(statusCode, errorName)}`
  return new ServiceFailure(code, reason, {
    statusCode,
    requestId: requestIdOf(answer),
    retryable: repeatable.has(code),
    retryAfterMs: retryAfterOf(answer),
    credentialsExpired: errorName !== undefined && expiryErrors.has(errorName),
    serviceMessage: textOf(body, 'message') ?? textOf(body, 'Message'),
    serverTimeMs: code === 'AHI_CREDENTIALS' ? Date.parse(answer.headers['date'] ?? '') : undefined,
    // While the service is away, gateways answer for it.
    ...(statusCode < 500 && foreign && { advice: foreign.advice, isMisdirected: true }),
  })
}

/** Reads an error of a service that gives credentials, or a page that came instead. STS answers with XML. */
export function failureOfIdentityService(answer: HttpAnswer, host: string): ServiceFailure {
  const { statusCode } = answer
  if (statusCode === 407) return refusedByProxy(statusCode)
  const [, code] = /<Code>(\w{1,64})<\/Code>/.exec(Buffer.from(answer.body).toString()) ?? []
  const errorName = errorNameOf(answer, parseErrorBody(answer.body)) ?? knownName(code)
  const isPassing = statusCode >= 500 || statusCode === 429 || statusCode === 408
  const foreign = errorName === undefined && !isPassing ? foreignToIdentityService(answer, host) : undefined
  if (foreign !== undefined) {
    const { reason, advice } = foreign
    return new ServiceFailure('AHI_UNAVAILABLE', reason, { statusCode, advice, retryable: true, isMisdirected: true })
  }
  const reason = `${host} answered ${named(statusCode, errorName)}`
  return new ServiceFailure(isPassing ? 'AHI_UNAVAILABLE' : 'AHI_CREDENTIALS', reason, {
    statusCode,
    retryable: isPassing,
  })
}

function named(statusCode: number, errorName: string | undefined): string {
  return errorName === undefined ? String(statusCode) : `${statusCode} ${errorName}`
}

const repeatable: ReadonlySet<AhiErrorCode> = new Set([
  'AHI_THROTTLED',
  'AHI_UNAVAILABLE',
  'AHI_CONFLICT',
  // Neither a success nor an error: no answer of AWS.
  'AHI_RESPONSE',
])

function parseErrorBody(body: Uint8Array): object {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(body))
    return typeof parsed === 'object' && parsed !== null ? parsed : {}
  } catch {
    return {}
  }
}

function errorNameOf(answer: HttpAnswer, body: object): string | undefined {
  const given = answer.headers['x-amzn-errortype'] ?? textOf(body, '__type') ?? textOf(body, 'code')
  return knownName(given?.split(':')[0]?.split('#').at(-1))
}

/** Anything else may hold data, or drive a terminal. */
function knownName(name: string | undefined): string | undefined {
  return name !== undefined && knownErrors.has(name) ? name : undefined
}

function textOf(body: object, key: string): string | undefined {
  const value: unknown = Object.entries(body).find(([name]) => name === key)?.[1]
  return typeof value === 'string' ? value : undefined
}

function requestIdOf(answer: HttpAnswer): string | undefined {
  const id = answer.headers['x-amzn-requestid'] ?? answer.headers['x-amz-request-id']
  return id !== undefined && /^[\w-]{1,128}$/.test(id) ? id : undefined
}

/** Seconds, or a date (RFC 9110 10.2.3). */
function retryAfterOf(answer: HttpAnswer): number | undefined {
  const value = answer.headers['retry-after']
  if (value === undefined) return undefined
  const milliseconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds)
}

const expiryErrors = new Set(['ExpiredToken', 'ExpiredTokenException'])

/** Errors about the credentials themselves, among them those that AWS answers before the service is reached. */
const credentialErrors = new Set([
  ...expiryErrors,
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'InvalidToken',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'RequestExpired',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
])

const throttlingErrors = new Set([
  'LimitExceededException',
  'RequestLimitExceeded',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
])

/** The errors of the AHI API, and those common to all services of AWS. Only these are named in messages. */
const knownErrors = new Set([
  ...credentialErrors,
  ...throttlingErrors,
  'AccessDenied',
  'AccessDeniedException',
  'BadRequestException',
  'ConflictException',
  'InternalFailure',
  'InternalServerError',
  'InternalServerException',
  'MalformedHttpRequestException',
  'NotAcceptableException',
  'NotAuthorized',
  'OptInRequired',
  'RequestAbortedException',
  'RequestEntityTooLargeException',
  'RequestTimeout',
  'RequestTimeoutException',
  'ResourceNotFoundException',
  'ServiceQuotaExceededException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'UnknownOperationException',
  'UnsupportedMediaTypeException',
  'ValidationError',
  'ValidationException',
])

function codeOf(statusCode: number, errorName: string | undefined): AhiErrorCode {
  if (errorName !== undefined && credentialErrors.has(errorName)) return 'AHI_CREDENTIALS'
  if (statusCode === 429 || (errorName !== undefined && throttlingErrors.has(errorName))) return 'AHI_THROTTLED'
  if (statusCode === 408 || statusCode >= 500) return 'AHI_UNAVAILABLE'
  if (statusCode === 401 || statusCode === 403) return 'AHI_ACCESS_DENIED'
  if (statusCode === 404) return 'AHI_NOT_FOUND'
  if (statusCode === 406) return 'AHI_NOT_ACCEPTABLE'
  if (statusCode === 409) return 'AHI_CONFLICT'
  return statusCode >= 400 ? 'AHI_VALIDATION' : 'AHI_RESPONSE'
}
