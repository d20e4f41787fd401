import { Readable } from 'node:stream'
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { isNotThere } from '../access/s3-error.ts'

/** Options of {@link readObject}. */
export interface ObjectToRead {
  readonly client: S3Client
  readonly bucket: string
  readonly key: string
  readonly signal?: AbortSignal | undefined
}

/** Returns the content of an object, or undefined if the object does not exist. The content can be read once. */
export async function readObject({
  client,
  bucket,
  key,
  signal,
}: ObjectToRead): Promise<AsyncIterable<Uint8Array> | undefined> {
  try {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key })
    const { Body: body } = await client.send(command, signal && { abortSignal: signal })
    return body instanceof Readable ? body : Readable.from([])
  } catch (error) {
    signal?.throwIfAborted()
    if (isNotThere(error)) return undefined
    throw error
  }
}
