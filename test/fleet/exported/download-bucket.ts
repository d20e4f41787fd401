import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CreateBucketCommand, GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3'
import { s3Credentials, type S3Server } from '../../interop/s3-servers.ts'

const region = 'us-east-1'

/** Environment that leads the command to a server of S3. */
export function bucketEnvironment({ endpoint }: S3Server): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: s3Credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3Credentials.secretAccessKey,
    AWS_REGION: region,
  }
}

/** Makes a bucket. */
export async function makeBucket(server: S3Server, bucket: string): Promise<void> {
  const client = connect(server)
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  client.destroy()
}

/**
 * Downloads what lies under a prefix into a folder, as an export into a folder lies there: the files of the record, which
 * grow by parts in a bucket, are beside the others.
 */
export async function downloadBucket(
  server: S3Server,
  { bucket, prefix, folder }: { readonly bucket: string; readonly prefix: string; readonly folder: string },
): Promise<void> {
  const client = connect(server)
  const record = new Map<string, Part[]>()
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: `${prefix}/` })
  for await (const { Contents = [] } of pages) {
    for (const { Key = '' } of Contents) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }))
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array()
      const path = Key.slice(prefix.length + 1)
      const [, name, generation = ''] = recordPath.exec(path) ?? []
      if (name === undefined) await writeBelow(join(folder, path), bytes)
      else record.set(name, [...(record.get(name) ?? []), { generation, bytes }])
    }
  }
  for (const [name, parts] of record) await writeBelow(join(folder, name), joined(parts))
  client.destroy()
}

/** A file of the record; one that grows is a folder of parts, called by its generation and number. */
const recordPath = /^\.ahi-dicom\/([\w.-]+)(?:\/(\d{6})-\d{8})?$/

interface Part {
  readonly generation: string
  readonly bytes: Uint8Array
}

/** Parts come in the order of their names. Only objects of the last generation count. */
function joined(parts: readonly Part[]): Buffer {
  const last = parts.at(-1)?.generation
  return Buffer.concat(parts.filter(({ generation }) => generation === last).map(({ bytes }) => bytes))
}

async function writeBelow(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, bytes)
}

function connect({ endpoint }: S3Server): S3Client {
  return new S3Client({ endpoint, region, forcePathStyle: true, credentials: s3Credentials })
}
