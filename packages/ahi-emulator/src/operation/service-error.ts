/** HTTP status of each error, from the API's model and from the errors common to AWS services. */
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

/** The name of an error, as sent in `x-amzn-ErrorType`. */
export type ServiceErrorType = keyof typeof statusCodes

/** All error names. */
export const serviceErrorTypes: readonly ServiceErrorType[] = typedKeys(statusCodes)

/** An error of the service. Operations throw it to answer with its status, name and message. */
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

/** Returns the error for an invalid request. */
export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationException', message)
}

function typedKeys<Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object literal has exactly the keys of its type
  return Object.keys(record) as Key[]
}
