/** Errors of the API's model and of AWS services in general, to their HTTP status. */
const STATUS = {
  ValidationException: 400,
  MalformedHttpRequestException: 400,
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
  UnknownOperationException: 404,
  NotAcceptableException: 406,
  ConflictException: 409,
  RequestEntityTooLargeException: 413,
  ThrottlingException: 429,
  InternalServerException: 500,
} as const

/** The name of an error as `x-amzn-ErrorType` has it. */
export type ServiceErrorType = keyof typeof STATUS

/** What an operation throws to answer with an error of the service. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: ServiceErrorType
  readonly statusCode: number

  constructor(code: ServiceErrorType, message: string) {
    super(message)
    this.code = code
    this.statusCode = STATUS[code]
  }
}
