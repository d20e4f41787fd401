import type {
  DestinationAnswer,
  FileWriter,
  OutputFile,
  PathMask,
  StoredFile,
  WriteFileOptions,
} from '@ahi-dicom/export-files'
import { createLimiter } from '@ahi-dicom/ahi-client/http'
import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import type { S3Connection } from '../access/connect.ts'
import { translated } from '../access/s3-error.ts'
import type { S3DestinationOptions } from '../access/s3-options.ts'
import type { BucketPlace } from '../place/bucket-place.ts'
import { defaultPartSize, fileParams, permissionToPut } from './object-params.ts'
import { putObject } from './put-object.ts'
import { uploadNotes } from './unfinished-uploads.ts'

/** Options of {@link createS3Writer}. */
export interface S3WriterParts {
  readonly connection: S3Connection
  readonly place: BucketPlace
  readonly options: S3DestinationOptions
  /** Returns the mask for the paths that messages show. */
  readonly mask: () => PathMask
}

/** The sizes of parts that S3 accepts. Only the last part may be smaller. */
const minPartSize = 5 * 2 ** 20
const maxPartSize = 5 * 2 ** 30

/** Files that are read and sent at the same time. The first part of each file is in memory until S3 has confirmed it. */
const maxFiles = 16
/** Multipart uploads among them. Each has up to four parts in memory. */
const maxUploads = 2

/**
 * Returns a writer of files into a bucket. Written files are durable at once, so the writer has no `flush`.
 *
 * @throws {TypeError} if `partSize` is not from 5 MiB to 5 GiB
 */
export function createS3Writer({ connection, place, options, mask }: S3WriterParts): FileWriter {
  const { partSize = defaultPartSize } = options
  if (!Number.isInteger(partSize) || partSize < minPartSize || partSize > maxPartSize) {
    throw new TypeError(`Expected the \`partSize\` option to be from 5 MiB to 5 GiB, got \`${partSize}\``)
  }
  const sharedParams = fileParams(place, options)
  const files = createLimiter(maxFiles)
  const uploads = createLimiter(maxUploads)
  return {
    isShared: options.writer !== undefined,
    async write({ path, mediaType, chunks }: OutputFile, { signal }: WriteFileOptions = {}): Promise<StoredFile> {
      const params = { ...sharedParams, Key: place.keyOf(path), ContentType: mediaType }
      const action = { verb: 'write', subject: place.show(path, mask()), permission: permissionToPut(options) }
      const client = await connection.client()
      const turn = await files.reserve(1, { signal })
      const put = await translated(action, async () => {
        try {
          return await putObject({
            client,
            params,
            content: chunks,
            partSize,
            signal,
            uploads,
            notes: uploadNotes(client, place),
          })
        } catch (error) {
          signal?.throwIfAborted()
          throw error
        } finally {
          turn.release()
        }
      })
      const { byteLength, sha256, composite } = put
      return { path, byteLength, sha256, ...(composite !== undefined && { answer: answerOf(composite) }) }
    },
    async remove(path) {
      const action = { verb: 'remove', subject: place.show(path, mask()), permission: 's3:DeleteObject' }
      const client = await connection.client()
      const command = new DeleteObjectCommand({ Bucket: place.bucket, Key: place.keyOf(path) })
      await translated(action, () => client.send(command))
    },
    async close() {
      connection.close()
    },
  }
}

function answerOf(checksum: string): DestinationAnswer {
  return { status: '200', checksum }
}
