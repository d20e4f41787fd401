import { ServiceFailure } from '@ahi-dicom/ahi-client/http'
import { printable } from '@ahi-dicom/ahi-metadata/printable'
import { OutputError, type FileContent, type OutputErrorCode } from '@ahi-dicom/export-files'

/** What was to be done when S3 refused, in the words of a message, and the permission that it takes. */
export interface S3Action {
  /** Such as `write`. */
  readonly verb: string
  /** What messages call the object or the bucket. It names no patient. */
  readonly subject: string
  /** Such as `s3:PutObject`. */
  readonly permission: string
}

/** Runs an operation, and throws the {@link OutputError} for its failure. Other errors of this package come through. */
export async function translated<Result>(action: S3Action, operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation()
  } catch (error) {
    throw s3Error(error, action)
  }
}

/** Returns a content whose failures while it is read are those of {@link translated}. */
export async function* translatedContent(action: S3Action, content: FileContent): AsyncGenerator<Uint8Array> {
  try {
    yield* content
  } catch (error) {
    throw s3Error(error, action)
  }
}

/** Returns the code of an error of S3, such as `NoSuchKey`, or the status of an answer without a body; undefined for others. */
function s3CodeOf(error: unknown): string | undefined {
  const status = statusOf(error)
  if (status === undefined || !(error instanceof Error)) return undefined
  const isNamed = error.name !== 'Error' && error.name !== 'UnknownError' && error.name !== 'Unknown'
  return isNamed && !/^\d+$/u.test(error.name) ? error.name : String(status)
}

/** Returns whether S3 says that an object, or its bucket, is not there. */
export function isNotThere(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound', '404'].includes(s3CodeOf(error) ?? '')
}

/** Returns whether S3 says that the condition of a request does not hold. */
export function isConditionFailed(error: unknown): boolean {
  return ['PreconditionFailed', 'ConditionalRequestConflict', '412', '409'].includes(s3CodeOf(error) ?? '')
}

/** Returns the error for a failure of S3. An {@link OutputError} and the reason of a signal come back as they are. */
export function s3Error(error: unknown, action: S3Action): unknown {
  if (error instanceof OutputError) return error
  const { verb, subject } = action
  const explained = explain(error, action)
  if (explained === undefined) return error
  const { code, why, retryable } = explained
  // The message of S3 has the key in it, which may name a patient, so it goes no further.
  const cause = new Error(printable(causeText(error), { maxLength: 200 }))
  return new OutputError(code, `Cannot ${verb} "${subject}": ${why}`, { path: subject, retryable, cause })
}

interface Explained {
  readonly code: OutputErrorCode
  /** Why, and what to do. */
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
    const why = `there are no AWS credentials to use (${printable(error.message, { maxLength: 200 })}); configure them, or name a \`profile\``
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

/** Providers of credentials have the failure of the connection as their cause. */
function serviceFailureIn(error: Error): ServiceFailure | undefined {
  return error.cause instanceof ServiceFailure ? error.cause : undefined
}

function explainConnection(failure: ServiceFailure): Explained {
  const { message, advice, isMisdirected } = failure
  const why = advice === undefined ? message : `${message}; ${adviceForBucket(advice)}`
  const isLasting = isMisdirected && !failure.retryable
  return isLasting || failure.code === 'AHI_VALIDATION'
    ? { code: 'OUTPUT_REFUSED', why }
    : { code: 'OUTPUT_UNREACHABLE', why: `${why}; go on when it is back (an export: mode 'resume')` }
}

/** Region and endpoint are those of the bucket, not those of AHI. */
function adviceForBucket(advice: string): string {
  return advice.replace('the region, the endpoint and', 'its `region`, its `endpoint` and')
}

function isOfOtherRegion(code: string, status: number): boolean {
  return status === 301 || status === 307 || otherRegion.has(code)
}

const otherRegion = new Set(['PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'])

function explainRegion(region: string | undefined): Explained {
  const where = region === undefined ? 'another region' : `the region ${region}`
  const what = region === undefined ? 'name the `region` that it is in' : 'name that `region`'
  return { code: 'OUTPUT_REFUSED', why: `the bucket is in ${where}; ${what}` }
}

function explainCode(code: string, { permission }: S3Action): Explained | undefined {
  if (code === 'NoSuchBucket') {
    return { code: 'OUTPUT_NOT_FOUND', why: 'there is no such bucket; make it, or name another one' }
  }
  if (code === 'AccessDenied' || code === 'AllAccessDisabled' || code === 'AccountProblem') {
    const why = `S3 denies access (${code}); the credentials need the permission ${permission}, and the policy of the bucket must not deny it`
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
      why: `the key that encrypts cannot be used (${printable(code)}); check its name (\`keyId\`), its state and its policy`,
    }
  }
  if (code === 'PreconditionFailed' || code === 'ConditionalRequestConflict') {
    return {
      code: 'OUTPUT_FILE_REFUSED',
      why: 'an object of that name is there; remove it, or let it be replaced (`ifNoneMatch`)',
    }
  }
  if (code === 'InvalidTag') {
    const why = 'S3 does not accept the tags (InvalidTag); tags have letters, digits, spaces and _ . : / = + - @'
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
      why: `S3 denies access (${said}); the credentials need the permission ${action.permission}`,
    }
  }
  if (status === 404)
    return { code: 'OUTPUT_NOT_FOUND', why: `it is not there (${said}); check the name of the bucket` }
  if (status === 412) return explainCode('PreconditionFailed', action) ?? { code: 'OUTPUT_FILE_REFUSED', why: said }
  if (status === 429 || status === 408 || status >= 500) {
    return { code: 'OUTPUT_UNREACHABLE', why: `S3 did not answer but with failures (${said}); resume the export later` }
  }
  return { code: 'OUTPUT_FILE_REFUSED', why: `S3 does not accept it (${said})` }
}

function statusOf(error: unknown): number | undefined {
  const metadata = memberOf(error, '$metadata')
  const status = memberOf(metadata, 'httpStatusCode')
  return typeof status === 'number' ? status : undefined
}

/** The region of the bucket, as an answer names it in a header or in its body. */
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
