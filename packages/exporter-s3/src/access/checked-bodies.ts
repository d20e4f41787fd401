import { createHash, hash } from 'node:crypto'
import type { S3Client, ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-s3'
import { ChecksumMismatchError } from './upload-errors.ts'

/**
 * Adds middleware to `client` that sends the SHA-256 of each body and compares it with the checksum in the answer. S3 rejects
 * a body that does not match. The request signature uses the same digest. For a multipart upload, the middleware also
 * compares the composite checksum, which S3 computes from the checksums of the parts.
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

/** Throws {@link ChecksumMismatchError} if the answer has another checksum. Servers that store no checksums answer without one. */
function requireSame(output: ServiceOutputTypes, sent: string): void {
  const answered = 'ChecksumSHA256' in output ? output.ChecksumSHA256 : undefined
  if (answered !== undefined && answered !== sent) throw new ChecksumMismatchError(answered, sent)
}

/** Returns the composite checksum of an upload in the form that S3 uses: SHA-256 over the digests of the parts, `BASE64-PARTS`. */
function compositeOf(parts: ReadonlyMap<number, string>): string {
  const all = createHash('sha256')
  for (const [, digest] of [...parts].sort(([a], [b]) => a - b)) all.update(digest, 'base64')
  return `${all.digest('base64')}-${parts.size}`
}
