import type { ObjectFolder } from './object-folder.ts'

/** The S3 endpoint that `s3://` URIs are resolved at. */
export interface S3Options {
  /** Endpoint URL, for example of a local S3. */
  readonly endpoint: string
  /** Default: the credentials in the environment, or placeholders if it has no credentials. */
  readonly credentials?:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
    | undefined
}

/**
 * Opens a prefix of a bucket by its `s3://` URI. As in S3, the prefix need not be a folder: `s3://b/p` contains `p/1`
 * and `p2`.
 */
export function openS3Folder(
  uri: string,
  { s3, region }: { readonly s3: S3Options; readonly region: string },
): ObjectFolder {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? []
  let opened: Promise<OpenS3> | undefined
  const open = (): Promise<OpenS3> => (opened ??= openS3(s3, region))
  return {
    async *list() {
      const { client, sdk } = await open()
      for await (const page of sdk.paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
        for (const { Key: key, Size: byteLength = 0 } of page.Contents ?? []) {
          if (key !== undefined && !key.endsWith('/')) yield { key, byteLength }
        }
      }
    },
    keyOf: (path) => (prefix === '' || prefix.endsWith('/') ? `${prefix}${path}` : `${prefix}/${path}`),
    async read(key) {
      const { client, sdk } = await open()
      const request = new sdk.GetObjectCommand({ Bucket: bucket, Key: key })
      const { Body: body, ContentLength: byteLength = 0 } = await client.send(request)
      return body === undefined ? new Uint8Array(0) : receive(body.transformToWebStream(), byteLength)
    },
    async write(name, body) {
      const { client, sdk } = await open()
      await client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: `${prefix}${name}`, Body: body }))
    },
  }
}

/** Reads an object into one buffer of its length. The SDK's own method would hold the object twice. */
async function receive(body: AsyncIterable<Uint8Array>, byteLength: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(byteLength)
  let received = 0
  for await (const chunk of body) {
    bytes.set(chunk, received)
    received += chunk.byteLength
  }
  if (received !== byteLength) throw new RangeError(`Expected an object of ${byteLength} bytes, received ${received}`)
  return bytes
}

type OpenS3 = Awaited<ReturnType<typeof openS3>>

/** Loads the SDK when a job needs it, because that takes longer than loading the rest of the emulator. */
async function openS3({ endpoint, credentials }: S3Options, region: string) {
  const sdk = await import('@aws-sdk/client-s3')
  const { AWS_ACCESS_KEY_ID: accessKeyId = 'any', AWS_SECRET_ACCESS_KEY: secretAccessKey = 'any' } = process.env
  const client = new sdk.S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: credentials ?? { accessKeyId, secretAccessKey },
  })
  return { client, sdk }
}
