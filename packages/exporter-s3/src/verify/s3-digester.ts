import { createHash } from 'node:crypto'
import { OutputError, type DigestFileOptions, type FileDigest } from '@ahi-dicom/export-files'
import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { connectS3 } from '../access/connect.ts'
import { isNotThere, translated, type S3Action } from '../access/s3-error.ts'
import type { S3DestinationOptions } from '../access/s3-options.ts'
import { bucketPlace } from '../place/bucket-place.ts'
import { readObject } from '../objects/read-object.ts'

/** Asks S3 for digests of files. */
export interface S3Digester extends AsyncDisposable {
  /** Files to ask for at a time. */
  readonly concurrency: number
  /**
   * Returns size and SHA-256 of a file, or undefined if there is none. S3 computed the SHA-256 when the file arrived, and
   * keeps it: if it is the recorded one, nothing is read. A file in parts is the recorded one if S3 still has the checksum of
   * its parts that it answered then. Any other file is read.
   */
  readonly digest: (path: string, options: DigestFileOptions) => Promise<FileDigest | undefined>
}

/** One request takes some 20 ms, and no work. */
const requestsAtOnce = 32

/**
 * Makes a digester of a destination that `s3Destination` makes of the same options.
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
  const message = `Cannot verify "${name}": the server does not say how long an object is; read the files instead`
  return new OutputError('OUTPUT_NOT_READABLE', message, { path: name })
}
