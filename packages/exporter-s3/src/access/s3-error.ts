import { ServiceFailure } from '@ahi-dicom/ahi-client/http'
import { printable } from '@ahi-dicom/ahi-metadata/printable'
import { OutputError, type FileContent, type OutputErrorCode } from '@ahi-dicom/export-files'

/** Describes an operation for error messages. */
export interface S3Action {
  /** Verb for the message, for example `write`. */
  readonly verb: string
  /** Name of the object or bucket for the message. Contains no patient data. */
  readonly subject: string
  /** Permission that the operation needs, for example `s3:PutObject`. */
  readonly permission: string
}

/**
 * Runs an operation and translates its failures with {@link s3Error}.
 *
 * @throws {OutputError} if S3 or the connection fails
 */
export async function translated<Result>(action: S3Action, operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation()
  } catch (error) {
    throw s3Error(error, action)
  }
}

/** Yields the chunks of `content`. Failures while reading are translated with {@link s3Error}. */
export async function* translatedContent(action: S3Action, content: FileContent): AsyncGenerator<Uint8Array> {
  try {
    yield* content
  } catch (error) {
    throw s3Error(error, action)
  }
}

/**
 * Returns the S3 error code, for example `NoSuchKey`. Returns the HTTP status if the answer had no body, and undefined if the
 * error is not from S3.
 */
function s3CodeOf(error: unknown): string | undefined {
  const status = statusOf(error)
  if (status === undefined || !(error instanceof Error)) return undefined
  const isNamed = error.name !== 'Error' && error.name !== 'UnknownError' && error.name !== 'Unknown'
  return isNamed && !/^\d+$/u.test(error.name) ? error.name : String(status)
}

/** Returns true if S3 answered that the object or its bucket does not exist. */
export function isNotThere(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound', '404'].includes(s3CodeOf(error) ?? '')
}

/** Returns true if S3 answered that the condition of the request (`If-Match`, `If-None-Match`) does not hold. */
export function isConditionFailed(error: unknown): boolean {
  return ['PreconditionFailed', 'ConditionalRequestConflict', '412', '409'].includes(s3CodeOf(error) ?? '')
}

/** Returns the {@link OutputError} for a failure of S3 or of the connection. Returns any other error unchanged. */
export function s3Error(error: unknown, action: S3Action): unknown {
  if (error instanceof OutputError) return error
  const { verb, subject } = action
  const explained = explain(error, action)
  if (explained === undefined) return error
  const { code, why, retryable } = explained
  // S3's message contains the key, which may name a patient, so it is dropped.
  const cause = new Error(printable(causeText(error), { maxLength: 200 }))
  return new OutputError(code, `Cannot ${verb} "${subject}": ${why}`, { path: subject, retryable, cause })
}

interface Explained {
  readonly code: OutputErrorCode
  /** The reason and what to do about it. */
  readonly why: string
  readonly retryable?: boolean
}

function explain(error: unknown, action: S3Action): Explained | undefined {
  if (error instanceof ServiceFailure) return explainConnection(error)
  if (!(error instanceof Error)) return undefined
  if (error.name === 'ChecksumMismatchError') {
    return { code: 'OUTPUT_FAILED', why: `it arrived damaged: ${error.message}; resume the export`, retryable: true }
  }
  if (error.name === 'TooManyPartsError') {
    return { code: 'OUTPUT_FILE_REFUSED', why: `${error.message}; use larger parts (\`partSize\`)` }
  }
  if (noCredentials.test(error.name)) {
    const why = `no AWS credentials were found (${printable(error.message, { maxLength: 200 })}); configure them, or name a \`profile\``
    return { code: 'OUTPUT_REFUSED', why }
  }
  const failure = serviceFailureIn(error)
  if (failure !== undefined) return explainConnection(failure)
  const status = statusOf(error)
  const code = s3CodeOf(error)
  if (status === undefined || code === undefined) return undefined
  const region = regionOf(error)
  if (isOfOtherRegion(code, status)) return explainRegion(region)
  return explainCode(code, action) ?? explainStatus(status, code, action)
}

const noCredentials = /^(?:CredentialsProviderError|TokenProviderError|ProviderError)$/u

/** Returns the connection failure that a credentials provider has wrapped, if there is one. */
function serviceFailureIn(error: Error): ServiceFailure | undefined {
  return error.cause instanceof ServiceFailure ? error.cause : undefined
}

function explainConnection(failure: ServiceFailure): Explained {
  const { message, advice, isMisdirected } = failure
  const why = advice === undefined ? message : `${message}; ${adviceForBucket(advice)}`
  const isPermanent = isMisdirected && !failure.retryable
  return isPermanent || failure.code === 'AHI_VALIDATION'
    ? { code: 'OUTPUT_REFUSED', why }
    : { code: 'OUTPUT_UNREACHABLE', why: `${why}; when it is reachable again, continue the export with mode 'resume'` }
}

/** Returns the advice with the bucket's region and endpoint in place of AHI's. */
function adviceForBucket(advice: string): string {
  return advice.replace('the region, the endpoint and', 'its `region`, its `endpoint` and')
}

function isOfOtherRegion(code: string, status: number): boolean {
  return status === 301 || status === 307 || otherRegion.has(code)
}

const otherRegion = new Set(['PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'])

function explainRegion(region: string | undefined): Explained {
  const where = region === undefined ? 'another region' : `the region ${region}`
  const advice = region === undefined ? "set `region` to the bucket's region" : 'set `region` to that region'
  return { code: 'OUTPUT_REFUSED', why: `the bucket is in ${where}; ${advice}` }
}

function explainCode(code: string, { permission }: S3Action): Explained | undefined {
  if (code === 'NoSuchBucket') {
    return { code: 'OUTPUT_NOT_FOUND', why: 'the bucket does not exist; create it, or name another one' }
  }
  if (code === 'AccessDenied' || code === 'AllAccessDisabled' || code === 'AccountProblem') {
    const why = `S3 denies access (${code}); give the credentials the permission ${permission}, and check that the bucket policy does not deny it`
    return { code: 'OUTPUT_REFUSED', why }
  }
  if (expired.has(code)) {
    return {
      code: 'OUTPUT_REFUSED',
      why: `the AWS credentials have expired (${code}); renew them, then resume the export`,
    }
  }
  if (wrongCredentials.has(code)) {
    return { code: 'OUTPUT_REFUSED', why: `S3 does not accept the AWS credentials (${code}); check them and the clock` }
  }
  if (code.startsWith('KMS.') || code.startsWith('KMS')) {
    return {
      code: 'OUTPUT_REFUSED',
      why: `the KMS key cannot be used (${printable(code)}); check its name (\`keyId\`), its state and its policy`,
    }
  }
  if (code === 'PreconditionFailed' || code === 'ConditionalRequestConflict') {
    return {
      code: 'OUTPUT_FILE_REFUSED',
      why: 'an object with this key already exists; remove it, or allow replacing it (`ifNoneMatch: false`)',
    }
  }
  if (code === 'InvalidTag') {
    const why = 'S3 does not accept the tags (InvalidTag); tags may contain letters, digits, spaces and _ . : / = + - @'
    return { code: 'OUTPUT_REFUSED', why }
  }
  if (code === 'KeyTooLongError') {
    return { code: 'OUTPUT_FILE_REFUSED', why: 'the key is longer than 1024 bytes; choose a shorter prefix or layout' }
  }
  return undefined
}

const expired = new Set(['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'RequestExpired'])
const wrongCredentials = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidToken',
  'InvalidClientTokenId',
  'InvalidSecurity',
  'RequestTimeTooSkewed',
])

function explainStatus(status: number, code: string, action: S3Action): Explained {
  const said = printable(code === String(status) ? `status ${status}` : `${code}, status ${status}`, { maxLength: 100 })
  if (status === 403 || status === 401) {
    return {
      code: 'OUTPUT_REFUSED',
      why: `S3 denies access (${said}); give the credentials the permission ${action.permission}`,
    }
  }
  if (status === 404)
    return { code: 'OUTPUT_NOT_FOUND', why: `it was not found (${said}); check the name of the bucket` }
  if (status === 412) return explainCode('PreconditionFailed', action) ?? { code: 'OUTPUT_FILE_REFUSED', why: said }
  if (status === 429 || status === 408 || status >= 500) {
    return { code: 'OUTPUT_UNREACHABLE', why: `all attempts failed (${said}); resume the export later` }
  }
  return { code: 'OUTPUT_FILE_REFUSED', why: `S3 rejected the request (${said})` }
}

function statusOf(error: unknown): number | undefined {
  const metadata = memberOf(error, '$metadata')
  const status = memberOf(metadata, 'httpStatusCode')
  return typeof status === 'number' ? status : undefined
}

/** Returns the region of the bucket if the answer names it in a header or in its body. */
function regionOf(error: unknown): string | undefined {
  const headers = memberOf(memberOf(error, '$response'), 'headers')
  const found = [memberOf(headers, 'x-amz-bucket-region'), memberOf(error, 'Region')].find(
    (region) => typeof region === 'string' && /^[a-z\d-]{1,40}$/u.test(region),
  )
  return typeof found === 'string' ? found : undefined
}

function causeText(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  const status = statusOf(error)
  return status === undefined ? error.name : `${error.name}, status ${status}`
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
