import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'

import { encodeUri } from './encode-uri.ts'

/** Credentials of AWS. */
export interface AhiCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of temporary credentials. */
  readonly sessionToken?: string | undefined
  /** When they end; the provider is asked again five minutes before. */
  readonly expiration?: Date | undefined
}

/** What of a request a signature covers, beside the date. */
interface RequestToSign {
  readonly method: string
  /** As sent: already percent-encoded. */
  readonly path: string
  /** As sent, in the order of its names and percent-encoded; without the question mark. */
  readonly query: string
  /** By lower-case name, `host` among them; all are signed. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Signs the requests of one region. */
export interface RequestSigner {
  /** The headers to send: those given, `x-amz-date`, `x-amz-security-token` where there is one, `authorization`. */
  sign(request: RequestToSign, credentials: AhiCredentials, date: Date): Record<string, string>
}

const algorithm = 'AWS4-HMAC-SHA256'
const serviceName = 'medical-imaging'

/**
 * Signs by AWS Signature Version 4 (IAM User Guide, "Create a signed AWS API request"), in a tenth of the time that
 * the SDK takes: a frame is one request, and a study has thousands.
 */
export function createRequestSigner(region: string): RequestSigner {
  let key: { readonly secret: string; readonly day: string; readonly object: KeyObject } | undefined

  function signingKey(secret: string, day: string): KeyObject {
    if (key === undefined || key.secret !== secret || key.day !== day) {
      const parts = [day, region, serviceName, 'aws4_request']
      const bytes = parts.reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`))
      key = { secret, day, object: createSecretKey(bytes) }
    }
    return key.object
  }

  return {
    sign: (request, credentials, date) => {
      const time = date.toISOString().replace(/[-:]|\.\d{3}/g, '')
      const scope = `${time.slice(0, 8)}/${region}/${serviceName}/aws4_request`
      const headers: Record<string, string> = { ...request.headers, 'x-amz-date': time }
      if (credentials.sessionToken !== undefined) headers['x-amz-security-token'] = credentials.sessionToken
      const names = Object.keys(headers).sort()
      const text = `${algorithm}\n${time}\n${scope}\n${sha256(canonicalRequest(request, headers, names))}`
      const signature = hmac(signingKey(credentials.secretAccessKey, time.slice(0, 8)), text).toString('hex')
      const credential = `${credentials.accessKeyId}/${scope}`
      headers['authorization'] =
        `${algorithm} Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`
      return headers
    },
  }
}

function canonicalRequest(request: RequestToSign, headers: Record<string, string>, names: string[]): string {
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('')
  // Every service but S3 has the path encoded once more.
  const path = request.path.split('/').map(encodeUri).join('/')
  return `${request.method}\n${path}\n${request.query}\n${lines}\n${names.join(';')}\n${sha256(request.body)}`
}

function sha256(text: string): string {
  return hash('sha256', text)
}

function hmac(key: Buffer | KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
