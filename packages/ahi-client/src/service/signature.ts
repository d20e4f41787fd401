import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'

import type { AhiCredentials } from '../model/credentials.ts'
import { encodeUri } from './encode-uri.ts'

/** The parts of a request that a signature covers, besides the date. */
export interface RequestToSign {
  readonly method: string
  /** Path as sent, already percent-encoded. */
  readonly path: string
  /** Query as sent: percent-encoded, sorted by name, without the question mark. */
  readonly query: string
  /** Headers by lower-case name, including `host`. All are signed. */
  readonly headers: Readonly<Record<string, string>>
  /** The body, or its SHA-256 in lower-case hexadecimal. */
  readonly body: string | { readonly sha256: string }
}

/** Signs the requests to one service of a region. */
export interface RequestSigner {
  /**
   * Returns the headers to send: the given ones, `x-amz-date`, `authorization`, and `x-amz-security-token` for
   * temporary credentials.
   */
  sign(request: RequestToSign, credentials: AhiCredentials, date: Date): Record<string, string>
}

const algorithm = 'AWS4-HMAC-SHA256'

/** Options of {@link createRequestSigner}. */
export interface SignerOptions {
  readonly region: string
  /** Name of the service in signatures. Default `medical-imaging`. */
  readonly service?: string | undefined
}

/**
 * Creates a signer for AWS Signature Version 4 (IAM User Guide, "Create a signed AWS API request"). It takes a tenth of
 * the time of the SDK's signer, which matters because each frame is one request and a study has thousands.
 *
 * @example
 * import { createRequestSigner } from '@ahi-dicom/ahi-client/http'
 *
 * const signer = createRequestSigner({ region: 'us-east-1' })
 * const request = { method: 'GET', path: '/datastore', query: '', headers: { host: '127.0.0.1' }, body: '' }
 * const headers = signer.sign(request, { accessKeyId: 'reader', secretAccessKey: 'secret' }, new Date())
 * console.log(Object.keys(headers))
 */
export function createRequestSigner({ region, service = 'medical-imaging' }: SignerOptions): RequestSigner {
  const keyOf = createSigningKeys(region, service)
  const timeOf = createTimes()
  return {
    sign: (request, credentials, date) => {
      const time = timeOf(date)
      const day = time.slice(0, 8)
      const scope = `${day}/${region}/${service}/aws4_request`
      const headers: Record<string, string> = { ...request.headers, 'x-amz-date': time }
      if (credentials.sessionToken !== undefined) headers['x-amz-security-token'] = credentials.sessionToken
      const names = Object.keys(headers).sort()
      const signedHeaders = names.join(';')
      const canonical = canonicalRequest(request, canonicalHeaders(headers, names), signedHeaders)
      const text = `${algorithm}\n${time}\n${scope}\n${sha256(canonical)}`
      const signature = hmac(keyOf(credentials.secretAccessKey, day), text).toString('hex')
      const credential = `${credentials.accessKeyId}/${scope}`
      headers['authorization'] =
        `${algorithm} Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`
      return headers
    },
  }
}

/** Returns a function that derives signing keys. It caches the key of the last secret and day. */
function createSigningKeys(region: string, service: string): (secret: string, day: string) => KeyObject {
  let last: { readonly secret: string; readonly day: string; readonly key: KeyObject } | undefined
  return (secret, day) => {
    if (last?.secret !== secret || last.day !== day) {
      const parts = [day, region, service, 'aws4_request']
      const bytes = parts.reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`))
      last = { secret, day, key: createSecretKey(bytes) }
    }
    return last.key
  }
}

/**
 * Returns a function that formats times as `YYYYMMDDTHHMMSSZ`. It caches the last one, because many requests are signed
 * within a second.
 */
function createTimes(): (date: Date) => string {
  let lastSecond = NaN
  let time = ''
  return (date) => {
    const second = Math.floor(date.getTime() / 1000)
    if (second !== lastSecond) {
      time = date.toISOString().replace(/[-:]|\.\d{3}/g, '')
      lastSecond = second
    }
    return time
  }
}

function canonicalHeaders(headers: Readonly<Record<string, string>>, names: readonly string[]): string {
  let lines = ''
  for (const name of names) lines += `${name}:${headers[name]}\n`
  return lines
}

function canonicalRequest(
  { method, path, query, body }: RequestToSign,
  headers: string,
  signedHeaders: string,
): string {
  return `${method}\n${canonicalPath(path)}\n${query}\n${headers}\n${signedHeaders}\n${typeof body === 'string' ? sha256(body) : body.sha256}`
}

/** Encodes the path a second time, as every AWS service except S3 requires. */
function canonicalPath(path: string): string {
  return /^[\w.~/-]*$/.test(path) ? path : path.split('/').map(encodeUri).join('/')
}

function sha256(text: string): string {
  return hash('sha256', text)
}

function hmac(key: Buffer | KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
