import { hash } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { text } from 'node:stream/consumers'
import { isNotThere } from '../access/s3-error.ts'
import { stagingFolder } from '@ahi-dicom/export-files'
import { recordFolder } from '@ahi-dicom/export-files/writers'
import { checkFolder, type BucketPlace } from '../place/bucket-place.ts'
import { listObjects } from './list-objects.ts'
import type { UploadNotes } from './put-object.ts'
import { readObject } from './read-object.ts'

/** Folder of the notes. Each note is one object, and its content is the key of the upload. */
const notesFolder = `${recordFolder}uploads/`

/**
 * Returns notes of the multipart uploads of this export. S3 lists uploads, but does not tell which export began them: another
 * export may run below the same prefix.
 */
export function uploadNotes(client: S3Client, place: BucketPlace): UploadNotes {
  const noteOf = (key: string): { Bucket: string; Key: string } => ({
    Bucket: place.bucket,
    Key: place.keyOf(notesFolder + hash('sha256', key)),
  })
  return {
    async begin(key) {
      await client.send(new PutObjectCommand({ ...noteOf(key), Body: Buffer.from(key) }))
    },
    async end(key) {
      await client.send(new DeleteObjectCommand(noteOf(key)))
    },
  }
}

/** Removes the remains of killed runs: their unfinished multipart uploads, and objects that `checkBucket` wrote. */
export async function removeUnfinished(client: S3Client, place: BucketPlace): Promise<void> {
  const { bucket } = place
  for await (const { key } of listObjects(client, { bucket, start: place.keyOf(checkFolder) })) {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
  }
  const notes: string[] = []
  for await (const { key } of listObjects(client, { bucket, start: place.keyOf(notesFolder) })) notes.push(key)
  for (const note of notes) {
    const content = await readObject({ client, bucket, key: note })
    const key = content === undefined ? '' : await text(content)
    if (key.startsWith(place.start) && key !== '') await abortUploads(client, bucket, key)
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: note }))
  }
}

/** Removes the remains of a killed writer, including the staged files of image sets that it did not finish. */
export async function removeLeftBy(client: S3Client, place: BucketPlace): Promise<void> {
  await removeUnfinished(client, place)
  const { bucket } = place
  for await (const { key } of listObjects(client, { bucket, start: place.keyOf(`${stagingFolder}/`) })) {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
  }
}

async function abortUploads(client: S3Client, bucket: string, key: string): Promise<void> {
  let after: { readonly KeyMarker?: string; readonly UploadIdMarker?: string } | undefined = {}
  while (after !== undefined) {
    const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
      Bucket: bucket,
      Prefix: key,
      ...after,
    })
    const found = await client.send(command)
    for (const { Key, UploadId } of found.Uploads ?? []) {
      if (Key !== key) continue
      await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId })).catch(ignoreGone)
    }
    const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = found
    const isMore = found.IsTruncated === true && KeyMarker !== undefined && UploadIdMarker !== undefined
    after = isMore ? { KeyMarker, UploadIdMarker } : undefined
  }
}

function ignoreGone(error: unknown): void {
  const isGone = isNotThere(error) || (error instanceof Error && error.name === 'NoSuchUpload')
  if (!isGone) throw error
}
