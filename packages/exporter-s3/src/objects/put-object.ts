import { createHash, hash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Limiter } from '@ahi-dicom/ahi-client/http'
import type { FileContent, FileDigest } from '@ahi-dicom/export-files'
import { HeadObjectCommand, PutObjectCommand, type PutObjectCommandInput, type S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { isConditionFailed } from '../access/s3-error.ts'
import { maxParts, TooManyPartsError } from '../access/upload-errors.ts'
import { collectPart, type CollectedPart } from './collect-part.ts'

/** Options of {@link putObject}. */
export interface ObjectToPut {
  readonly client: S3Client
  /** Bucket, key and other parameters of the object. */
  readonly params: Omit<PutObjectCommandInput, 'Body' | 'ChecksumSHA256'>
  readonly content: FileContent
  /** Bytes of a part. Longer content is sent as a multipart upload. */
  readonly partSize: number
  /** Most parts of an upload. Default: the most that S3 accepts, 10,000. */
  readonly parts?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Limits how many multipart uploads run at the same time. Default: no limit. */
  readonly uploads?: Limiter | undefined
  /** Notes each multipart upload, so that the next run can remove uploads of a killed run. Default: uploads are not noted. */
  readonly notes?: UploadNotes | undefined
}

/** Notes of the multipart uploads in progress. */
export interface UploadNotes {
  /** Writes a note before an upload begins. */
  begin(key: string): Promise<void>
  /** Removes the note after the upload is complete. */
  end(key: string): Promise<void>
}

/** A stored object. */
export interface PutObject extends FileDigest {
  /** Checksum that S3 computed from the checksums of the parts, for example `…=-3`. Undefined without multipart upload. */
  readonly composite: string | undefined
  readonly etag: string
}

/** Parts of one object that are sent at the same time. */
const partsAtOnce = 2

/** Writes an object, whole or not at all. S3 stores its SHA-256 as its checksum. */
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
  // S3 has confirmed the object, so nothing reads the bytes any more.
  part.release()
  return { byteLength: body.byteLength, sha256: sha256.toString('hex'), composite: undefined, etag: requireTag(etag) }
}

interface SentOnce extends Pick<ObjectToPut, 'client' | 'params'> {
  readonly sha256: string | undefined
}

/**
 * Sends a request. If the answer to an attempt with `IfNoneMatch` is lost, the next attempt fails because the object exists
 * already. The object is then accepted if its checksum and its metadata are the expected ones.
 */
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
  { client, params, partSize, parts = maxParts, signal }: ObjectToPut,
  { bytes }: CollectedPart,
  rest: AsyncIterator<Uint8Array>,
): Promise<PutObject> {
  const digest = createHash('sha256')
  let byteLength = 0
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield taken(bytes)
      for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
        // Aborting here makes the upload remove its parts before it fails. With a signal it would not wait for that.
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
  // A failed upload removes its parts.
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
  if (etag === undefined) throw new TypeError('S3 answered without an ETag, so the stored object cannot be identified')
  return etag
}
