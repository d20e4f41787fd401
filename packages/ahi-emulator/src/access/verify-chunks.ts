import { createHash, createHmac } from 'node:crypto'
import type { ChunkedPayload } from '../operation/received-request.ts'
import { ServiceError } from '../operation/service-error.ts'
import type { RequestSignature } from './request-signature.ts'

/** The inputs that chunk signatures are computed from. */
export interface ChunkSigning {
  readonly secretAccessKey: string
  /** In the form of `x-amz-date`. */
  readonly date: string
  readonly hasTrailers: boolean
}

const emptySha256 = createHash('sha256').digest('hex')
const trailerSignature = 'x-amz-trailer-signature'

/**
 * Verifies the signatures of a body's chunks and trailers. Each signature includes the one before (Amazon S3 API
 * reference, "Signature calculations: transferring payload in multiple chunks").
 * @throws {ServiceError} InvalidSignatureException if a signature does not match
 */
export function verifyChunks(
  { chunks, trailers = new Map() }: ChunkedPayload,
  signature: RequestSignature,
  { secretAccessKey, date, hasTrailers }: ChunkSigning,
): void {
  const { day, region, service } = signature
  const scope = `${day}/${region}/${service}/aws4_request`
  const key = ['aws4_request', service, region, day].reduceRight(hmac, Buffer.from(`AWS4${secretAccessKey}`))
  const sign = (kind: string, before: string, hashes: readonly string[]): string =>
    hmac(key, [`AWS4-HMAC-SHA256-${kind}`, date, scope, before, ...hashes].join('\n')).toString('hex')
  let before = signature.signature
  for (const { sha256, signature: stated } of chunks) {
    before = sign('PAYLOAD', before, [emptySha256, sha256])
    if (stated !== before) throw invalid('The signature of a chunk does not match what was computed.')
  }
  if (!hasTrailers) return
  const signed = [...trailers]
    .filter(([name]) => name !== trailerSignature)
    .map(([name, value]) => `${name}:${value}\n`)
  const hash = createHash('sha256').update(signed.join('')).digest('hex')
  if (trailers.get(trailerSignature) !== sign('TRAILER', before, [hash])) {
    throw invalid('The signature of the trailers does not match what was computed.')
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidSignatureException', message)
}
