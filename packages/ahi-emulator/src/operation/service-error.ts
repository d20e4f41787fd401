/** Errors of the API's model and of AWS services in general, to their HTTP status. */
const statusCodes = {
  BadRequestException: 400,
  ValidationException: 400,
  MalformedHttpRequestException: 400,
  NotAuthorized: 401,
  ServiceQuotaExceededException: 402,
  AccessDeniedException: 403,
  ExpiredTokenException: 403,
  IncompleteSignatureException: 403,
  InvalidSignatureException: 403,
  MissingAuthenticationTokenException: 403,
  OptInRequired: 403,
  UnrecognizedClientException: 403,
  ResourceNotFoundException: 404,
  UnknownOperationException: 404,
  NotAcceptableException: 406,
  RequestTimeoutException: 408,
  ConflictException: 409,
  RequestEntityTooLargeException: 413,
  ThrottlingException: 429,
  InternalFailure: 500,
  InternalServerException: 500,
  ServiceUnavailable: 503,
} as const

/** The name of an error as `x-amzn-ErrorType` has it. */
export type ServiceErrorType = keyof typeof statusCodes

/** All of them. */
export const serviceErrorTypes: readonly ServiceErrorType[] = typedKeys(statusCodes)

/** What an operation throws to answer with an error of the service. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: ServiceErrorType
  readonly statusCode: number

  constructor(code: ServiceErrorType, message: string) {
    super(message)
    this.code = code
    this.statusCode = statusCodes[code]
  }
}

/** Returns the error for a request that is not as it has to be. */
export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationException', message)
}

function typedKeys<Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object literal has the keys of its type, no others
  return Object.keys(record) as Key[]
}
