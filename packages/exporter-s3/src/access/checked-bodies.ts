import { createHash, hash } from 'node:crypto'
import type { S3Client, ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-s3'
import { ChecksumMismatchError } from './upload-errors.ts'

/**
 * Has each body that a client sends carry its SHA-256, which S3 compares, and compares what S3 answers. The signature takes
 * the same digest. The checksum of an object of parts, which S3 makes from those of the parts, is compared as well.
 */
export function checkBodies(client: S3Client): void {
  const partsOfUploads = new Map<string, Map<number, string>>()
  client.middlewareStack.add(
    (next) => async (args) => {
      const request: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: unknown } =
        typeof args.request === 'object' && args.request !== null ? args.request : {}
      const { method, headers, body } = request
      if (method === 'PUT' && headers !== undefined && body instanceof Uint8Array && body.byteLength > 0) {
        const sha256 = (headers['x-amz-checksum-sha256'] ??= hash('sha256', body, 'base64'))
        headers['x-amz-content-sha256'] = Buffer.from(sha256, 'base64').toString('hex')
        headers['x-amz-sdk-checksum-algorithm'] = 'SHA256'
      }
      return await next(args)
    },
    { step: 'build', priority: 'high', name: 'signBodyDigest' },
  )
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const { body, uploadId, partNumber, sha256 } = uploadOf(args.input)
        if (commandName === 'AbortMultipartUploadCommand') partsOfUploads.delete(uploadId)
        if (body === undefined) {
          const result = await next(args)
          const parts = partsOfUploads.get(uploadId)
          if (commandName === 'CompleteMultipartUploadCommand' && parts !== undefined) {
            requireSame(result.output, compositeOf(parts))
            partsOfUploads.delete(uploadId)
          }
          return result
        }
        const sent = sha256 ?? hash('sha256', body, 'base64')
        const result = await next({ ...args, input: { ...args.input, ChecksumSHA256: sent } })
        requireSame(result.output, sent)
        if (partNumber !== undefined) {
          const parts = partsOfUploads.get(uploadId) ?? new Map<number, string>()
          partsOfUploads.set(uploadId, parts.set(partNumber, sent))
        }
        return result
      },
    { step: 'initialize', name: 'checkAnsweredDigest' },
  )
}

interface UploadInput {
  readonly body: Uint8Array | undefined
  readonly uploadId: string
  readonly partNumber: number | undefined
  readonly sha256: string | undefined
}

function uploadOf(input: ServiceInputTypes): UploadInput {
  return {
    body: 'Body' in input && input.Body instanceof Uint8Array ? input.Body : undefined,
    uploadId: 'UploadId' in input ? (input.UploadId ?? '') : '',
    partNumber: 'PartNumber' in input && typeof input.PartNumber === 'number' ? input.PartNumber : undefined,
    sha256: 'ChecksumSHA256' in input ? input.ChecksumSHA256 : undefined,
  }
}

/** Servers that keep no checksums answer none. */
function requireSame(output: ServiceOutputTypes, sent: string): void {
  const answered = 'ChecksumSHA256' in output ? output.ChecksumSHA256 : undefined
  if (answered !== undefined && answered !== sent) throw new ChecksumMismatchError(answered, sent)
}

/** Returns the SHA-256 of the digests of parts, as S3 writes it: `BASE64-PARTS`. */
function compositeOf(parts: ReadonlyMap<number, string>): string {
  const all = createHash('sha256')
  for (const [, digest] of [...parts].sort(([a], [b]) => a - b)) all.update(digest, 'base64')
  return `${all.digest('base64')}-${parts.size}`
}
