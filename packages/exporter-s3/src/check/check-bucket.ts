import { randomBytes } from 'node:crypto'
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { isConditionFailed, translated } from '../access/s3-error.ts'
import type { S3DestinationOptions } from '../access/s3-options.ts'
import { fileParams, permissionToGet, permissionToPut } from '../objects/object-params.ts'
import { readObject } from '../objects/read-object.ts'
import { checkFolder, type BucketPlace } from '../place/bucket-place.ts'

/** What to check. */
export interface BucketToCheck {
  readonly client: S3Client
  readonly place: BucketPlace
  readonly options: S3DestinationOptions
  readonly signal?: AbortSignal | undefined
}

/**
 * Finds out whether an export can list, write, read and remove objects, and leaves none behind. Returns what to know of the server.
 *
 * @throws {OutputError} what is wrong, and which permission is missing
 */
export async function checkBucket({ client, place, options, signal }: BucketToCheck): Promise<readonly string[]> {
  const { bucket, start, name } = place
  const sending = signal && { abortSignal: signal }
  const action = { subject: name, verb: 'export into' }
  await translated({ ...action, permission: 's3:ListBucket' }, () =>
    client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: start, MaxKeys: 1 }), sending),
  )
  const target = { Bucket: bucket, Key: place.keyOf(`${checkFolder}${randomBytes(8).toString('hex')}`) }
  const { IfNoneMatch: _, ...params } = fileParams(place, options)
  const put = { ...params, ...target, Body: Buffer.from('ahi-dicom') }
  const written = await translated({ ...action, permission: permissionToPut(options) }, async () => {
    try {
      return await client.send(new PutObjectCommand(put), sending)
    } catch (error) {
      // An answer that is lost, or a server that keeps what it refuses, may leave the object there.
      await client.send(new DeleteObjectCommand(target)).catch(() => undefined)
      throw error
    }
  })
  try {
    // The record is read back.
    await translated({ ...action, permission: permissionToGet(options) }, () => readAll(client, target, signal))
    const isNewRefused = await isRefused(client, new PutObjectCommand({ ...put, IfNoneMatch: '*' }))
    const isOtherRefused = await isRefused(client, new PutObjectCommand({ ...put, IfMatch: '"0123456789abcdef"' }))
    return [
      ...(isNewRefused && isOtherRefused ? [] : [conditionsIgnored]),
      ...(written.ChecksumSHA256 === undefined ? [checksumsUnkept] : []),
    ]
  } finally {
    await translated({ ...action, permission: 's3:DeleteObject' }, () => client.send(new DeleteObjectCommand(target)))
  }
}

const conditionsIgnored =
  'The server ignores conditions of requests (If-None-Match, If-Match): nothing keeps two exports out of one prefix.'
const checksumsUnkept = 'The server answers no SHA-256: what arrived shows when the files are read.'

async function readAll(
  client: S3Client,
  { Bucket: bucket, Key: key }: { readonly Bucket: string; readonly Key: string },
  signal: AbortSignal | undefined,
): Promise<void> {
  for await (const _ of (await readObject({ client, bucket, key, signal })) ?? []);
}

/** Returns whether the server refuses a request whose condition does not hold. */
async function isRefused(client: S3Client, command: PutObjectCommand): Promise<boolean> {
  try {
    await client.send(command)
    return false
  } catch (error) {
    if (isConditionFailed(error)) return true
    throw error
  }
}
