import type { IncomingHttpHeaders } from 'node:http'
import { ServiceError } from '../operation/service-error.ts'

/** The contents of a Signature Version 4 Authorization header. */
export interface RequestSignature {
  readonly accessKeyId: string
  /** `YYYYMMDD` from the credential scope. */
  readonly day: string
  readonly region: string
  readonly service: string
  /** In lower case. */
  readonly signedHeaders: readonly string[]
  /** 64 hexadecimal digits. */
  readonly signature: string
  readonly date: Date
}

const signatureAlgorithm = 'AWS4-HMAC-SHA256'

/**
 * Reads the signature of a request (IAM User Guide, "Create a signed AWS API request").
 * @throws {ServiceError} MissingAuthenticationTokenException without an Authorization header,
 *   IncompleteSignatureException if a part of the signature is missing
 */
export function readRequestSignature(headers: IncomingHttpHeaders): RequestSignature {
  const { authorization } = headers
  if (authorization === undefined) {
    throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token')
  }
  if (!authorization.startsWith(`${signatureAlgorithm} `)) {
    throw incomplete(`Authorization header requires the algorithm '${signatureAlgorithm}'.`)
  }
  const parameters = new Map(
    authorization
      .slice(signatureAlgorithm.length)
      .split(',')
      .map((parameter) => parameter.trim().split('=', 2))
      .map(([name = '', value = '']) => [name, value]),
  )
  const parameter = (name: string): string => {
    const value = parameters.get(name)
    if (value === undefined || value === '') throw incomplete(`Authorization header requires '${name}' parameter.`)
    return value
  }
  const [accessKeyId = '', day = '', region = '', service = '', end = '', ...others] =
    parameter('Credential').split('/')
  if (end !== 'aws4_request' || others.length > 0) {
    throw incomplete('Credential must have exactly 5 slash-delimited elements and end in aws4_request.')
  }
  return {
    accessKeyId,
    day,
    region,
    service,
    signedHeaders: parameter('SignedHeaders').toLowerCase().split(';'),
    signature: parameter('Signature'),
    date: signingDate(headers['x-amz-date']),
  }
}

/** Parses a date such as `20260131T093000Z`. */
function signingDate(value: string | string[] | undefined): Date {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(typeof value === 'string' ? value : '')
  if (match === null) throw incomplete("Authorization header requires existence of the 'X-Amz-Date' header.")
  const [, year, month, day, hour, minute, second] = match
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(date.getTime())) throw incomplete("Date must be in ISO-8601 'basic format'.")
  return date
}

function incomplete(message: string): ServiceError {
  return new ServiceError('IncompleteSignatureException', message)
}
