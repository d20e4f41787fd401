/**
 * Writes files in a lane, a thread that exports: with a client of its own.
 * @module
 */
import type { FileWriter } from '@ahi-dicom/export-files'
import { connectS3 } from './access/connect.ts'
import type { S3WriterOptions } from './access/s3-options.ts'
import { bucketPlace } from './place/bucket-place.ts'
import { createS3Writer } from './objects/s3-writer.ts'

/** Makes the writer of a bucket for this thread. */
export function createFileWriter({ mask = [], ...options }: S3WriterOptions): FileWriter {
  return createS3Writer({ connection: connectS3(options), place: bucketPlace(options), options, mask: () => mask })
}
