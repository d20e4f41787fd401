import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3'

/** An object in a listing. */
export interface ListedObject {
  readonly key: string
  readonly byteLength: number
}

/** Selects the objects to list. */
export interface ListedPlace {
  readonly bucket: string
  /** Prefix of the keys. */
  readonly start: string
}

/** Yields the objects whose keys begin with `start`, in key order. One request lists a thousand objects. */
export async function* listObjects(client: S3Client, listed: ListedPlace): AsyncGenerator<ListedObject> {
  for await (const { Contents: objects = [], EncodingType: encoding } of pages(client, listed)) {
    for (const { Key: key = '', Size: byteLength = 0 } of objects) yield { key: decoded(key, encoding), byteLength }
  }
}

/** Returns the names of the folders directly below `start`, which ends with a slash. */
export async function listFolders(client: S3Client, listed: ListedPlace): Promise<readonly string[]> {
  const names: string[] = []
  for await (const { CommonPrefixes: folders = [], EncodingType: encoding } of pages(client, listed, '/')) {
    for (const { Prefix: folder = '' } of folders) {
      names.push(decoded(folder, encoding).slice(listed.start.length, -1))
    }
  }
  return names
}

async function* pages(
  client: S3Client,
  { bucket, start }: ListedPlace,
  delimiter?: string,
): AsyncGenerator<ListObjectsV2CommandOutput> {
  let token: string | undefined
  do {
    // Keys may contain characters that XML does not allow.
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: start,
      EncodingType: 'url',
      ...(delimiter !== undefined && { Delimiter: delimiter }),
      ...(token !== undefined && { ContinuationToken: token }),
    })
    const answer = await client.send(command)
    yield answer
    token = answer.IsTruncated === true ? answer.NextContinuationToken : undefined
  } while (token !== undefined)
}

/** Returns the key without its URL encoding. S3 encodes a space as a plus sign. */
function decoded(key: string, encoding: string | undefined): string {
  return encoding === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key
}
