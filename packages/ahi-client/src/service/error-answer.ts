import type { AhiErrorCode } from '../errors/errors.ts'
import type { HttpAnswer } from '../http/http-exchange.ts'
import { ServiceFailure } from '../errors/service-failure.ts'
import { refusedByProxy } from '../http/opened-request.ts'
import { foreignAnswer, foreignToIdentityService } from './foreign-answer.ts'

/**
 * Returns the failure for an answer other than a success. The error name comes from the header `x-amzn-ErrorType`
 * (`Name` or `Name:uri`), or from `__type` or `code` in the body. The text comes from `message` or `Message` in the
 * body. If the body is not JSON, the status alone decides.
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
    // While the service is away, gateways answer for it with 5xx.
    ...(statusCode < 500 && foreign && { advice: foreign.advice, isMisdirected: true }),
  })
}

/**
 * Returns the failure for an error answer of a service that issues credentials (STS answers with XML), or for a web
 * page in its place.
 */
export function failureOfIdentityService(answer: HttpAnswer, host: string): ServiceFailure {
  const { statusCode } = answer
  if (statusCode === 407) return refusedByProxy(statusCode)
  const [, code] = /<Code>(\w{1,64})<\/Code>/.exec(Buffer.from(answer.body).toString()) ?? []
  const errorName = errorNameOf(answer, parseErrorBody(answer.body)) ?? knownName(code)
  const isTemporary = statusCode >= 500 || statusCode === 429 || statusCode === 408
  const foreign = errorName === undefined && !isTemporary ? foreignToIdentityService(answer, host) : undefined
  if (foreign !== undefined) {
    const { reason, advice } = foreign
    return new ServiceFailure('AHI_UNAVAILABLE', reason, { statusCode, advice, retryable: true, isMisdirected: true })
  }
  const reason = `${host} answered ${named(statusCode, errorName)}`
  return new ServiceFailure(isTemporary ? 'AHI_UNAVAILABLE' : 'AHI_CREDENTIALS', reason, {
    statusCode,
    retryable: isTemporary,
  })
}

function named(statusCode: number, errorName: string | undefined): string {
  return errorName === undefined ? String(statusCode) : `${statusCode} ${errorName}`
}

const repeatable: ReadonlySet<AhiErrorCode> = new Set([
  'AHI_THROTTLED',
  'AHI_UNAVAILABLE',
  'AHI_CONFLICT',
  // Neither a success nor an error, so not from AWS.
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

/** Returns the name if it is a known one. Others may hold data or control a terminal. */
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

/** Returns Retry-After in milliseconds. The header has seconds or a date (RFC 9110 10.2.3). */
function retryAfterOf(answer: HttpAnswer): number | undefined {
  const value = answer.headers['retry-after']
  if (value === undefined) return undefined
  const milliseconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds)
}

const expiryErrors = new Set(['ExpiredToken', 'ExpiredTokenException'])

/** Errors about the credentials, including those that AWS answers before the service is reached. */
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

/** Errors of the AHI API and errors common to all AWS services. Only these appear in messages. */
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
