import { createHash, hash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Limiter } from '@ahi-dicom/ahi-client/http'
import type { FileContent, FileDigest } from '@ahi-dicom/export-files'
import { HeadObjectCommand, PutObjectCommand, type PutObjectCommandInput, type S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { isConditionFailed } from '../access/s3-error.ts'
import { mostParts, TooManyPartsError } from '../access/upload-errors.ts'
import { collectPart, type CollectedPart } from './collect-part.ts'

/** An object to write. */
export interface ObjectToPut {
  readonly client: S3Client
  /** Bucket, key, and what else S3 shall know of the object. */
  readonly params: Omit<PutObjectCommandInput, 'Body' | 'ChecksumSHA256'>
  readonly content: FileContent
  /** Content that is longer is sent in parts of so many bytes. */
  readonly partSize: number
  /** Most parts of an upload. Default: as many as S3 takes. */
  readonly parts?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Bounds how many objects are sent in parts at a time. Default: nothing does. */
  readonly uploads?: Limiter | undefined
  /** Keeps what is known of uploads in parts, so that those of a killed run can be removed. Default: nothing is kept. */
  readonly notes?: UploadNotes | undefined
}

/** Notes of uploads in parts that are under way. */
export interface UploadNotes {
  /** Notes an upload before it begins. */
  begin(key: string): Promise<void>
  /** Removes the note once nothing is left of the upload but an object. */
  end(key: string): Promise<void>
}

/** An object that S3 has. */
export interface PutObject extends FileDigest {
  /** What S3 made from the checksums of parts, such as `…=-3`; undefined for an object of one part. */
  readonly composite: string | undefined
  readonly etag: string
}

/** Parts of one object that are on their way at a time. */
const partsAtOnce = 2

/** Writes an object whole or not at all, with its SHA-256 as the checksum that S3 keeps. */
export async function putObject(put: ObjectToPut): Promise<PutObject> {
  const { client, params, content, partSize, signal } = put
  const part = await collectPart(content, partSize, signal)
  if (part.rest !== undefined) return await putNoted(put, part, part.rest)
  const { bytes: body } = part
  const sha256 = hash('sha256', body, 'buffer')
  const sent = new PutObjectCommand({ ...params, Body: body, ChecksumSHA256: sha256.toString('base64') })
  const { ETag: etag } = await sendOnce({ client, params, sha256: sent.input.ChecksumSHA256 }, () =>
    client.send(sent, signal && { abortSignal: signal }),
  )
  // S3 has answered that it has all of it.
  part.release()
  return { byteLength: body.byteLength, sha256: sha256.toString('hex'), composite: undefined, etag: requireTag(etag) }
}

interface SentOnce extends Pick<ObjectToPut, 'client' | 'params'> {
  readonly sha256: string | undefined
}

/** If the answer to a request is lost, the next one finds the object there that `IfNoneMatch` forbids. */
async function sendOnce(
  { client, params, sha256 }: SentOnce,
  send: () => Promise<{ readonly ETag?: string | undefined }>,
): Promise<{ readonly ETag?: string | undefined }> {
  try {
    return await send()
  } catch (error) {
    if (params.IfNoneMatch === undefined || !isConditionFailed(error)) throw error
    const { Bucket, Key, Metadata } = params
    const found = await client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
    const isOurs = Object.entries(Metadata ?? {}).every(([name, value]) => found.Metadata?.[name] === value)
    if (!isOurs || found.ChecksumSHA256 !== sha256) throw error
    return found
  }
}

async function putNoted(put: ObjectToPut, part: CollectedPart, rest: AsyncIterator<Uint8Array>): Promise<PutObject> {
  const { notes, params, uploads, signal } = put
  const key = params.Key ?? ''
  try {
    const turn = await uploads?.reserve(1, { signal })
    try {
      await notes?.begin(key)
      const written = await putParts(put, part, rest)
      await notes?.end(key)
      return written
    } finally {
      turn?.release()
    }
  } finally {
    await rest.return?.()
  }
}

async function putParts(
  { client, params, partSize, parts = mostParts, signal }: ObjectToPut,
  { bytes }: CollectedPart,
  rest: AsyncIterator<Uint8Array>,
): Promise<PutObject> {
  const digest = createHash('sha256')
  let byteLength = 0
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield taken(bytes)
      for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
        // It throws here, and not in the upload, which would not wait until its parts are removed.
        signal?.throwIfAborted()
        yield taken(Buffer.from(next.value))
      }
      signal?.throwIfAborted()
    } finally {
      await rest.return?.()
    }
  }
  function taken(chunk: Uint8Array): Uint8Array {
    digest.update(chunk)
    byteLength += chunk.byteLength
    if (byteLength > parts * partSize) throw new TooManyPartsError(partSize)
    return chunk
  }
  const body = Readable.from(all(), { highWaterMark: 1 })
  // If it fails, it removes the parts that are there.
  const upload = new Upload({
    client,
    params: { ...params, Body: body, ChecksumAlgorithm: 'SHA256' },
    partSize,
    queueSize: partsAtOnce,
  })
  try {
    const { ETag: etag, ChecksumSHA256: composite } = await upload.done()
    return { byteLength, sha256: digest.digest('hex'), composite, etag: requireTag(etag) }
  } finally {
    body.destroy()
  }
}

function requireTag(etag: string | undefined): string {
  if (etag === undefined) throw new TypeError('S3 answered without an ETag, so it is not known what it has')
  return etag
}
