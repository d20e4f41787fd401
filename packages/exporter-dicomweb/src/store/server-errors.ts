import { isOtherHostCertificate, isUntrustedCertificate, type ServiceFailure } from '@ahi-dicom/ahi-client/http'
import { printable } from '@ahi-dicom/ahi-metadata/printable'
import { OutputError, type OutputErrorCode } from '@ahi-dicom/export-files'
import type { ServerAnswer } from '../http/server-answer.ts'

/** Returns the error for a server that did not answer, or could not be reached. */
export function failedConnection(url: string, failure: ServiceFailure): OutputError {
  const code: OutputErrorCode = refusals.has(failure.code) ? refusedCode(failure) : 'OUTPUT_UNREACHABLE'
  const advice = isUntrustedCertificate(failure.cause)
    ? 'give the certificate of its authority (`tls.ca`), or set NODE_EXTRA_CA_CERTS'
    : isOtherHostCertificate(failure.cause)
      ? 'give the URL with the name that its certificate is for'
      : failure.unreachable
        ? 'check the URL and the network; if this network needs a proxy, set HTTPS_PROXY'
        : (failure.advice?.replace('set AWS_REGION, or region', 'give `sigv4.region`, or set AWS_REGION or region') ??
          (failure.retryable ? 'check the URL, or resume when the server works again' : 'check the URL'))
  return new OutputError(code, `Cannot store instances at "${url}": ${failure.message}; ${advice}`, {
    path: url,
    retryable: failure.retryable,
    cause: failure,
  })
}

const refusals: ReadonlySet<string> = new Set([
  'AHI_ACCESS_DENIED',
  'AHI_CREDENTIALS',
  'AHI_NOT_FOUND',
  'AHI_VALIDATION',
])

function refusedCode({ code }: ServiceFailure): OutputErrorCode {
  return code === 'AHI_NOT_FOUND' ? 'OUTPUT_NOT_FOUND' : 'OUTPUT_REFUSED'
}

/**
 * Returns the error for an answer that concerns all instances. `undefined` if it may concern only the instances of this
 * request.
 */
export function refusedRequest(url: string, { statusCode }: Pick<ServerAnswer, 'statusCode'>): OutputError | undefined {
  const known = refusedRequests.get(statusCode)
  if (known === undefined) return undefined
  const { code, reason, advice } = known
  return new OutputError(code, `Cannot store instances at "${url}": ${reason} (${statusCode}); ${advice}`, {
    path: url,
  })
}

interface Refusal {
  readonly code: OutputErrorCode
  readonly reason: string
  readonly advice: string
}

const notThere = 'check the URL: it ends before /studies'

const refusedRequests: ReadonlyMap<number, Refusal> = new Map([
  [
    401,
    {
      code: 'OUTPUT_REFUSED',
      reason: 'the server does not accept the credentials',
      advice: 'give a token, a user name and password, a client certificate or AWS credentials that it accepts',
    },
  ],
  [
    403,
    {
      code: 'OUTPUT_REFUSED',
      reason: 'the server does not allow this user to store',
      advice: 'give other credentials, or permit this user to store',
    },
  ],
  [404, { code: 'OUTPUT_NOT_FOUND', reason: 'there is no DICOMweb service at this URL', advice: notThere }],
  [405, { code: 'OUTPUT_NOT_FOUND', reason: 'nothing can be stored at this URL', advice: notThere }],
  [
    501,
    { code: 'OUTPUT_NOT_FOUND', reason: 'the server does not have STOW-RS', advice: 'give one that stores instances' },
  ],
  [410, { code: 'OUTPUT_NOT_FOUND', reason: 'there is no longer a DICOMweb service at this URL', advice: notThere }],
  [
    407,
    {
      code: 'OUTPUT_REFUSED',
      reason: 'the proxy asks for a user name and a password',
      advice: 'give them in HTTPS_PROXY or HTTP_PROXY, as http://user:password@host:port',
    },
  ],
])

/** Returns the error for a server that keeps failing. */
export function failingServer(url: string, { statusCode }: Pick<ServerAnswer, 'statusCode'>): OutputError {
  const state = statusCode === 429 ? 'accepts no more requests for now' : 'is failing'
  const message = `Cannot store instances at "${url}": the server ${state} (${statusCode}); resume when it works again`
  return new OutputError('OUTPUT_UNREACHABLE', message, { path: url })
}

/** Returns the error for an answer that is not from a DICOMweb server, such as a web page. */
export function foreignAnswer(url: string, { statusCode, headers }: ServerAnswer): OutputError {
  const type = printable(headers['content-type'] ?? 'no content type', { maxLength: 80 })
  const message =
    `Cannot store instances at "${url}": the answer is not from a DICOMweb server (${statusCode}, ${type}); ` +
    `${notThere}, and check whether a proxy or a login page answers instead`
  return new OutputError('OUTPUT_NOT_FOUND', message, { path: url })
}
