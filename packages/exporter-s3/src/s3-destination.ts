import type { Destination, PathMask } from '@ahi-dicom/export-files'
import { sharedDicomdir } from '@ahi-dicom/export-files/writers'
import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { connectS3 } from './access/connect.ts'
import { isNotThere, s3Error, translated, translatedContent, type S3Action } from './access/s3-error.ts'
import type { S3DestinationOptions } from './access/s3-options.ts'
import { bucketPlace, type BucketPlace } from './place/bucket-place.ts'
import { checkBucket } from './check/check-bucket.ts'
import { listObjects } from './objects/list-objects.ts'
import { moveObject } from './objects/move-object.ts'
import { exportMetadata, fileParams, permissionToPut } from './objects/object-params.ts'
import { readObject } from './objects/read-object.ts'
import { createS3Writer } from './objects/s3-writer.ts'
import { removeLeftBy, removeUnfinished } from './objects/unfinished-uploads.ts'
import { bucketRecord, type BucketRecordOptions } from './record/bucket-record.ts'
import { bucketRecords } from './record/bucket-records.ts'

/**
 * Returns a destination that exports into a bucket. Its record is below `PREFIX/.ahi-dicom/`. It gets the sizes of files from
 * listings: one request returns a thousand.
 *
 * @throws {TypeError} if the name of the bucket, the prefix, the name of the writer or `partSize` is not valid
 * @example
 * import { s3Destination } from '@ahi-dicom/exporter-s3'
 *
 * const destination = s3Destination({ bucket: 'my-bucket', prefix: 'exports' })
 * const { outcome } = await exporter.exportTo({ datastoreId, selectors: 'all', destination })
 * console.log(outcome)
 */
export function s3Destination(options: S3DestinationOptions): Destination {
  const place = bucketPlace(options)
  const { bucket, start } = place
  const { writer } = options
  const placeOf = (name: string): BucketPlace => bucketPlace({ ...options, writer: name })
  const connection = connectS3(options)
  const claim: BucketRecordOptions['claim'] = { lock: undefined }
  let mask: PathMask = []
  const files = createS3Writer({ connection, place, options, mask: () => mask })
  const actionOn = (path: string, verb: string, permission: string): S3Action => ({
    verb,
    subject: place.show(path, mask),
    permission,
  })
  return {
    ...files,
    name: place.name,
    ...(writer !== undefined && { writer, cannot: { dicomdir: sharedDicomdir } }),
    async open(opening = {}) {
      mask = opening.mask ?? []
    },
    check: async ({ signal } = {}) => await checkBucket({ client: await connection.client(), place, options, signal }),
    async removeUnfinished({ writers = [] } = {}) {
      await claim.lock?.check()
      const client = await connection.client()
      const permission = 's3:ListBucketMultipartUploads, s3:AbortMultipartUpload'
      await translated({ verb: 'remove unfinished uploads of', subject: place.name, permission }, async () => {
        await removeUnfinished(client, place)
        for (const name of writers) await removeLeftBy(client, placeOf(name))
      })
    },
    read: async (path, { signal } = {}) => {
      const action = actionOn(path, 'read', 's3:GetObject')
      const client = await connection.client()
      const content = await translated(action, () => readObject({ client, bucket, key: place.keyOf(path), signal }))
      return content && translatedContent(action, content)
    },
    move: async (from, to) => {
      await claim.lock?.check()
      const { IfNoneMatch: _, Bucket: __, ...params } = fileParams(place, options)
      const client = await connection.client()
      const permission = `${permissionToPut(options)}, s3:GetObject, s3:DeleteObject`
      await translated(actionOn(to, 'move an object to', permission), () =>
        moveObject({ client, bucket, from: place.keyOf(from), to: place.keyOf(to), params }),
      )
    },
    async *list() {
      const client = await connection.client()
      try {
        for await (const { key, byteLength } of listObjects(client, { bucket, start })) {
          const path = place.pathOf(key)
          if (path !== undefined) yield { path, byteLength }
        }
      } catch (error) {
        throw s3Error(error, { verb: 'list', subject: place.name, permission: 's3:ListBucket' })
      }
    },
    isOwn: async (path, { writers = [] } = {}) => {
      const client = await connection.client()
      const exportIds = [place.exportId, ...writers.map((name) => placeOf(name).exportId)]
      return await translated(actionOn(path, 'look at', 's3:GetObject'), async () => {
        try {
          const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: place.keyOf(path) }))
          return exportIds.some((exportId) => found.Metadata?.[exportMetadata] === exportId)
        } catch (error) {
          if (isNotThere(error)) return false
          throw error
        }
      })
    },
    record: bucketRecord({ connection, place, options, claim }),
    records: () => bucketRecords(connection, options),
    get lane() {
      if (typeof options.credentials === 'function') return undefined
      return {
        module: import.meta.resolve('@ahi-dicom/exporter-s3/lane'),
        options: { ...options, ...(mask.length > 0 && { mask }) },
      }
    },
  }
}
