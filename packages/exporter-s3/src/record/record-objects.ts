import { recordNames, type FileContent } from '@ahi-dicom/export-files'
import { DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { listObjects, type ListedObject } from '../objects/list-objects.ts'
import { putObject } from '../objects/put-object.ts'
import { defaultPartSize, objectParams } from '../objects/object-params.ts'
import { readObject } from '../objects/read-object.ts'
import type { S3DestinationOptions } from '../access/s3-options.ts'
import { recordFolder } from '@ahi-dicom/export-files/writers'
import type { BucketPlace } from '../place/bucket-place.ts'

/** Access to the objects of a record. */
export interface RecordObjects {
  keyOf(name: string): string
  /** Returns the parts of a growing file in order. Includes only the newest generation. */
  parts(name: string): Promise<readonly RecordPart[]>
  /** Returns the parts of older generations. A killed run may leave some. */
  olderParts(name: string): Promise<readonly RecordPart[]>
  read(key: string, signal: AbortSignal | undefined): Promise<AsyncIterable<Uint8Array> | undefined>
  size(key: string): Promise<number | undefined>
  put(key: string, content: FileContent): Promise<void>
  remove(key: string): Promise<void>
}

/**
 * One object of a growing file. Its key ends with `GENERATION-NUMBER`. Rewriting the file creates a new generation of one
 * object, so that readers see either the old content or the new content.
 */
export interface RecordPart extends ListedObject, PartNumber {}

/** Position of a part. */
export interface PartNumber {
  readonly generation: number
  readonly number: number
}

/** Files of a record that are appended to. */
const growing: ReadonlySet<string> = new Set([
  recordNames.manifest,
  recordNames.errors,
  recordNames.warnings,
  recordNames.started,
])

/** Returns true if a file of the record is stored in parts. */
export function isGrowing(name: string): boolean {
  return growing.has(name)
}

/** Returns the last segment of a part's key. */
export function partName({ generation, number }: PartNumber): string {
  return `${String(generation).padStart(6, '0')}-${String(number).padStart(8, '0')}`
}

/** Returns access to the objects of the record at `place`. */
export function createRecordObjects(
  client: S3Client,
  place: BucketPlace,
  options: S3DestinationOptions,
): RecordObjects {
  const { bucket } = place
  const keyOf = (name: string): string => place.keyOf(recordFolder + name)
  const params = { ...objectParams(place, options), ContentType: 'application/json' }

  async function allParts(name: string): Promise<readonly RecordPart[]> {
    const start = `${keyOf(name)}/`
    const parts: RecordPart[] = []
    for await (const { key, byteLength } of listObjects(client, { bucket, start })) {
      const [, generation, number] = /^(\d{6})-(\d{8})$/u.exec(key.slice(start.length)) ?? []
      if (generation === undefined || number === undefined) continue
      parts.push({ key, byteLength, generation: Number(generation), number: Number(number) })
    }
    return parts
  }

  return {
    keyOf,
    async parts(name) {
      const all = await allParts(name)
      const newest = all.at(-1)?.generation
      return all.filter(({ generation }) => generation === newest)
    },
    async olderParts(name) {
      const all = await allParts(name)
      const newest = all.at(-1)?.generation
      return all.filter(({ generation }) => generation !== newest)
    },
    read: (key, signal) => readObject({ client, bucket, key, signal }),
    async size(start) {
      for await (const { key, byteLength } of listObjects(client, { bucket, start })) {
        if (key === start) return byteLength
        break
      }
      return undefined
    },
    async put(key, content) {
      await putObject({ client, params: { ...params, Key: key }, content, partSize: defaultPartSize })
    },
    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
    },
  }
}
