import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  UploadPartCopyCommand,
  type CompletedPart,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3'
import { encodeUri } from '@ahi-dicom/ahi-client/http'
import { isNotThere } from '../access/s3-error.ts'

/** Options of {@link moveObject}. */
export interface ObjectToMove {
  readonly client: S3Client
  readonly bucket: string
  readonly from: string
  readonly to: string
  /** Parameters for the new object. The media type is copied from the old one. */
  readonly params: Omit<PutObjectCommandInput, 'Bucket' | 'Key' | 'Body' | 'IfNoneMatch'>
}

/** Most bytes that one request copies. */
export interface CopyLimits {
  /** Largest object that is copied whole. */
  readonly whole: number
  /** Bytes of a part of a larger object. */
  readonly part: number
}

/** S3 copies at most 5 GiB in one request. */
const limitsOfS3: CopyLimits = { whole: 5 * 2 ** 30, part: 2 ** 30 }

/** Moves an object to another key: S3 copies it, then it is deleted. Does nothing if the object does not exist. */
export async function moveObject(move: ObjectToMove, limits: CopyLimits = limitsOfS3): Promise<void> {
  const { client, bucket, from } = move
  const found = await head(move)
  if (found === undefined) return
  await (found.byteLength > limits.whole ? copyParts(move, found, limits.part) : copyWhole(move))
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: from }))
}

interface FoundObject {
  readonly byteLength: number
  readonly contentType: string | undefined
}

async function head({ client, bucket, from }: ObjectToMove): Promise<FoundObject | undefined> {
  try {
    const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: from }))
    return { byteLength: found.ContentLength ?? 0, contentType: found.ContentType }
  } catch (error) {
    if (isNotThere(error)) return undefined
    throw error
  }
}

function sourceOf({ bucket, from }: ObjectToMove): string {
  return `${encodeUri(bucket)}/${from.split('/').map(encodeUri).join('/')}`
}

/** Copies the object in one request. S3 copies its metadata, media type and tags with it. */
async function copyWhole(move: ObjectToMove): Promise<void> {
  const { Metadata: _, Tagging: __, ...params } = move.params
  const command = new CopyObjectCommand({
    ...params,
    Bucket: move.bucket,
    Key: move.to,
    CopySource: sourceOf(move),
    ChecksumAlgorithm: 'SHA256',
  })
  await move.client.send(command)
}

async function copyParts(
  move: ObjectToMove,
  { byteLength, contentType }: FoundObject,
  partSize: number,
): Promise<void> {
  const { client, bucket, to } = move
  const target = { Bucket: bucket, Key: to }
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({
      ...move.params,
      ...target,
      ...(contentType !== undefined && { ContentType: contentType }),
      ChecksumAlgorithm: 'SHA256',
    }),
  )
  try {
    const parts: CompletedPart[] = []
    for (let first = 0; first < byteLength; first += partSize) {
      const PartNumber = parts.length + 1
      const CopySourceRange = `bytes=${first}-${Math.min(first + partSize, byteLength) - 1}`
      const source = { CopySource: sourceOf(move), CopySourceRange }
      const { CopyPartResult: copied } = await client.send(
        new UploadPartCopyCommand({ ...target, ...source, UploadId, PartNumber }),
      )
      parts.push({ PartNumber, ETag: copied?.ETag, ChecksumSHA256: copied?.ChecksumSHA256 })
    }
    await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: parts } }))
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => undefined)
    throw error
  }
}
