import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'

/** An object of a list. */
export interface ListedObject {
  readonly key: string
  readonly byteLength: number
}

/** Yields the objects whose keys begin with a text, in the order of their keys. A thousand of them take one request. */
export async function* listObjects(
  client: S3Client,
  { bucket, start }: { readonly bucket: string; readonly start: string },
): AsyncGenerator<ListedObject> {
  let token: string | undefined
  do {
    // Keys may hold characters that XML cannot.
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: start,
      EncodingType: 'url',
      ...(token !== undefined && { ContinuationToken: token }),
    })
    const answer = await client.send(command)
    for (const { Key: key = '', Size: byteLength = 0 } of answer.Contents ?? []) {
      yield { key: answer.EncodingType === 'url' ? decoded(key) : key, byteLength }
    }
    token = answer.IsTruncated === true ? answer.NextContinuationToken : undefined
  } while (token !== undefined)
}

/** S3 writes a space as a plus sign. */
function decoded(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '))
}
