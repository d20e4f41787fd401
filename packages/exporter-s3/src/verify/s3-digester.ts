import { createHash } from 'node:crypto'
import { OutputError, type DigestFileOptions, type FileDigest } from '@ahi-dicom/export-files'
import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { connectS3 } from '../access/connect.ts'
import { isNotThere, translated, type S3Action } from '../access/s3-error.ts'
import type { S3DestinationOptions } from '../access/s3-options.ts'
import { bucketPlace } from '../place/bucket-place.ts'
import { readObject } from '../objects/read-object.ts'

/** Gets digests of files from S3. */
export interface S3Digester extends AsyncDisposable {
  /** Number of files to ask for at the same time. */
  readonly concurrency: number
  /**
   * Returns the size and SHA-256 of a file, or undefined if the file does not exist. S3 computed and stored the SHA-256 when
   * the file arrived. If it equals the recorded one, the file is not read. For a multipart upload, the checksum of its parts
   * is compared with the one that was recorded. Any other file is read.
   *
   * @throws {OutputError} if S3 refuses, fails or cannot be reached
   */
  readonly digest: (path: string, options: DigestFileOptions) => Promise<FileDigest | undefined>
}

/** A request takes about 20 ms and almost no CPU time, so many can run at once. */
const requestsAtOnce = 32

/**
 * Returns a digester for the files of `s3Destination` with the same options.
 *
 * @example
 * import { verifyExport } from '@ahi-dicom/export-files'
 * import { createS3Digester, s3Destination } from '@ahi-dicom/exporter-s3'
 *
 * const options = { bucket: 'my-bucket', prefix: 'exports' }
 * await using digester = createS3Digester(options)
 * for await (const event of verifyExport(s3Destination(options), digester)) console.log(event.kind)
 */
export function createS3Digester(options: S3DestinationOptions): S3Digester {
  const place = bucketPlace(options)
  const { bucket } = place
  const connection = connectS3(options)
  const action: S3Action = { verb: 'verify', subject: place.name, permission: 's3:GetObject' }

  async function readDigest(key: string, signal: AbortSignal | undefined): Promise<FileDigest | undefined> {
    const content = await readObject({ client: await connection.client(), bucket, key, signal })
    if (content === undefined) return undefined
    const sha256 = createHash('sha256')
    let byteLength = 0
    for await (const chunk of content) {
      sha256.update(chunk)
      byteLength += chunk.byteLength
    }
    return { byteLength, sha256: sha256.digest('hex') }
  }

  return {
    concurrency: requestsAtOnce,
    digest: (path, { recorded, signal }) =>
      translated(action, async () => {
        const client = await connection.client()
        const key = place.keyOf(path)
        try {
          const command = new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' })
          const { ContentLength: byteLength, ChecksumSHA256: checksum } = await client.send(
            command,
            signal && { abortSignal: signal },
          )
          if (byteLength === undefined) throw noLength(place.name)
          const isOfParts = checksum !== undefined && checksum === recorded.serverChecksum
          const isWhole = checksum === Buffer.from(recorded.sha256, 'hex').toString('base64')
          if (isOfParts || isWhole) return { byteLength, sha256: recorded.sha256 }
          return await readDigest(key, signal)
        } catch (error) {
          signal?.throwIfAborted()
          if (isNotThere(error)) return undefined
          throw error
        }
      }),
    async [Symbol.asyncDispose]() {
      connection.close()
    },
  }
}

function noLength(name: string): OutputError {
  const message = `Cannot verify "${name}": the server returned no size for an object; verify without this digester, by reading the files`
  return new OutputError('OUTPUT_NOT_READABLE', message, { path: name })
}
