import { randomBytes } from 'node:crypto'
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { isConditionFailed, translated } from '../access/s3-error.ts'
import type { S3DestinationOptions } from '../access/s3-options.ts'
import { fileParams, permissionToGet, permissionToPut } from '../objects/object-params.ts'
import { readObject } from '../objects/read-object.ts'
import { checkFolder, type BucketPlace } from '../place/bucket-place.ts'

/** Options of {@link checkBucket}. */
export interface BucketToCheck {
  readonly client: S3Client
  readonly place: BucketPlace
  readonly options: S3DestinationOptions
  readonly signal?: AbortSignal | undefined
}

/**
 * Checks that an export can list, write, read and remove objects. Writes one object and removes it. Returns warnings about
 * the server: empty if it honours conditional requests and stores SHA-256 checksums.
 *
 * @throws {OutputError} if one of the operations fails; the message names the missing permission
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
      // The object may exist all the same, if only the answer was lost or if the server stores objects that it refuses.
      await client.send(new DeleteObjectCommand(target)).catch(() => undefined)
      throw error
    }
  })
  try {
    // An export reads its record back, so it needs the permission to read.
    await translated({ ...action, permission: permissionToGet(options) }, () => readAll(client, target, signal))
    const isNewRefused = await isRefused(client, new PutObjectCommand({ ...put, IfNoneMatch: '*' }))
    const isOtherTagRefused = await isRefused(client, new PutObjectCommand({ ...put, IfMatch: '"0123456789abcdef"' }))
    return [
      ...(isNewRefused && isOtherTagRefused ? [] : [conditionsIgnored]),
      ...(written.ChecksumSHA256 === undefined ? [checksumsMissing] : []),
    ]
  } finally {
    await translated({ ...action, permission: 's3:DeleteObject' }, () => client.send(new DeleteObjectCommand(target)))
  }
}

const conditionsIgnored =
  'The server ignores conditional requests (If-None-Match, If-Match): two exports can write into one prefix unnoticed.'
const checksumsMissing =
  'The server returns no SHA-256: files damaged on the way are found only when they are read, for example by verify.'

async function readAll(
  client: S3Client,
  { Bucket: bucket, Key: key }: { readonly Bucket: string; readonly Key: string },
  signal: AbortSignal | undefined,
): Promise<void> {
  for await (const _ of (await readObject({ client, bucket, key, signal })) ?? []);
}

/** Returns true if the server refuses a request whose condition does not hold. */
async function isRefused(client: S3Client, command: PutObjectCommand): Promise<boolean> {
  try {
    await client.send(command)
    return false
  } catch (error) {
    if (isConditionFailed(error)) return true
    throw error
  }
}
