/**
 * Writes files from a lane (a thread that exports). Each lane has a separate S3 client.
 * @module
 */
import type { FileWriter } from '@ahi-dicom/export-files'
import { connectS3 } from './access/connect.ts'
import type { S3WriterOptions } from './access/s3-options.ts'
import { bucketPlace } from './place/bucket-place.ts'
import { createS3Writer } from './objects/s3-writer.ts'

/**
 * Returns a writer of files into a bucket, for this thread. Requires that the destination was opened before.
 *
 * @example
 * import { createFileWriter } from '@ahi-dicom/exporter-s3/lane'
 *
 * const writer = createFileWriter({ bucket: 'my-bucket', prefix: 'exports' })
 * const chunks = instance.part10()
 * await writer.write({ path: '1.2.3.dcm', format: 'dcm', mediaType: 'application/dicom', chunks })
 */
export function createFileWriter({ mask = [], ...options }: S3WriterOptions): FileWriter {
  const connection = connectS3(options, { hasAnswered: true })
  return createS3Writer({ connection, place: bucketPlace(options), options, mask: () => mask })
}
