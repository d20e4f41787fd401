import { createHash } from 'node:crypto'
import { Hash } from '@smithy/hash-node'
import { SignatureV4 } from '@smithy/signature-v4'
import type { ReceivedRequest } from '../operation/received-request.ts'
import { ServiceError } from '../operation/service-error.ts'
import { verifyChunks } from './verify-chunks.ts'
import { readRequestSignature, type RequestSignature } from './request-signature.ts'

/** Credentials that clients may sign with. */
export interface AccessKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Session token of temporary credentials. Requests must carry it. */
  readonly sessionToken?: string | undefined
  /** Expiry time of temporary credentials. */
  readonly expiration?: Date | undefined
}

/** The keys, region and clock that signatures are verified with. */
export interface SignatureVerification {
  readonly keys: readonly AccessKey[]
  readonly region: string
  /** Milliseconds since 1970. */
  readonly now: () => number
}

const serviceName = 'medical-imaging'
/** Largest difference between the clocks of the service and a client. */
const mostSkewMinutes = 5
const invalidTokenMessage = 'The security token included in the request is invalid.'

/**
 * Verifies that a request is signed with one of the keys (Signature Version 4), by computing its signature again.
 * @throws {ServiceError} with status 403 and the error name and message of AWS services
 */
export async function verifySignature(request: ReceivedRequest, verification: SignatureVerification): Promise<void> {
  const signature = readRequestSignature(request.headers)
  const key = verification.keys.find(({ accessKeyId }) => accessKeyId === signature.accessKeyId)
  if (key === undefined) throw new ServiceError('UnrecognizedClientException', invalidTokenMessage)
  checkSessionToken(request, key, verification.now())
  checkScope(signature, verification.region)
  checkDate(signature, verification.now())
  checkPayload(request)
  if (!signature.signedHeaders.includes('host'))
    throw invalid("'Host' must be a 'SignedHeader' in the AWS Authorization.")
  if ((await expectedSignature(request, signature, key)) !== signature.signature) {
    throw invalid(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access ' +
        'Key and signing method. Consult the service documentation for details.',
    )
  }
  const coding = String(request.headers['x-amz-content-sha256'] ?? '')
  if (request.payload === undefined || !coding.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD')) return
  const { secretAccessKey } = key
  const date = basicFormat(signature.date)
  verifyChunks(request.payload, signature, { secretAccessKey, date, hasTrailers: coding.endsWith('-TRAILER') })
}

function checkSessionToken({ headers }: ReceivedRequest, key: AccessKey, now: number): void {
  if (headers['x-amz-security-token'] !== key.sessionToken) {
    throw new ServiceError('UnrecognizedClientException', invalidTokenMessage)
  }
  if (key.expiration !== undefined && key.expiration.getTime() <= now) {
    throw new ServiceError('ExpiredTokenException', 'The security token included in the request is expired')
  }
}

function checkScope({ region, service, day, date }: RequestSignature, expectedRegion: string): void {
  if (service !== serviceName) throw invalid(`Credential should be scoped to correct service: '${serviceName}'.`)
  if (region !== expectedRegion) {
    throw invalid(`Credential should be scoped to a valid region, not '${region}'.`)
  }
  if (basicFormat(date).slice(0, 8) !== day)
    throw invalid('Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.')
}

function checkDate({ date }: RequestSignature, now: number): void {
  const skew = mostSkewMinutes * 60_000
  const sent = basicFormat(date)
  const present = basicFormat(new Date(now))
  if (date.getTime() < now - skew) {
    const earliest = basicFormat(new Date(now - skew))
    throw invalid(`Signature expired: ${sent} is now earlier than ${earliest} (${present} - ${mostSkewMinutes} min.)`)
  }
  if (date.getTime() > now + skew) {
    const latest = basicFormat(new Date(now + skew))
    throw invalid(
      `Signature not yet current: ${sent} is still later than ${latest} (${present} + ${mostSkewMinutes} min.)`,
    )
  }
}

/** Compares the body with the hash in its headers. Values such as `UNSIGNED-PAYLOAD` are not hashes and pass. */
function checkPayload({ headers, body, bodySha256 }: ReceivedRequest): void {
  const stated = headers['x-amz-content-sha256']
  if (typeof stated !== 'string' || !/^[\da-f]{64}$/.test(stated)) return
  if ((bodySha256 ?? createHash('sha256').update(body).digest('hex')) === stated) return
  throw invalid('The provided x-amz-content-sha256 header does not match what was computed.')
}

async function expectedSignature(
  request: ReceivedRequest,
  signature: RequestSignature,
  key: AccessKey,
): Promise<string> {
  const { accessKeyId, secretAccessKey, sessionToken } = key
  const signer = new RequestSigner(request.bodySha256, {
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    region: signature.region,
    service: serviceName,
    sha256: Hash.bind(null, 'sha256'),
    applyChecksum: false,
  })
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: 'http:',
      hostname: request.headers.host ?? '',
      path: request.path,
      query: queryParameters(request.query),
      headers: signedHeaders(request, signature),
      body: request.body,
    },
    { signingDate: signature.date, signableHeaders: new Set(signature.signedHeaders) },
  )
  return /Signature=([\da-f]+)$/.exec(signed.headers['authorization'] ?? '')?.[1] ?? ''
}

/** Signs a request whose body is in a file, by the body's hash. A hash in the headers takes precedence. */
class RequestSigner extends SignatureV4 {
  readonly #payloadHash: string | undefined

  constructor(payloadHash: string | undefined, ...settings: ConstructorParameters<typeof SignatureV4>) {
    super(...settings)
    this.#payloadHash = payloadHash
  }

  protected override createCanonicalRequest(
    ...[request, headers, payloadHash]: Parameters<SignatureV4['createCanonicalRequest']>
  ): string {
    const hash = 'x-amz-content-sha256' in request.headers ? payloadHash : (this.#payloadHash ?? payloadHash)
    return super.createCanonicalRequest(request, headers, hash)
  }
}

function signedHeaders(
  { headers }: ReceivedRequest,
  { signedHeaders: names }: RequestSignature,
): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const value = headers[name] ?? ''
      return [name, typeof value === 'string' ? value : value.join(',')]
    }),
  )
}

function queryParameters(query: string): Record<string, string[]> {
  const parameters: Record<string, string[]> = {}
  for (const [name, value] of new URLSearchParams(query.replaceAll('+', '%2B'))) (parameters[name] ??= []).push(value)
  return parameters
}

function basicFormat(date: Date): string {
  return date.toISOString().replaceAll(/[-:]|\.\d{3}/g, '')
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidSignatureException', message)
}
