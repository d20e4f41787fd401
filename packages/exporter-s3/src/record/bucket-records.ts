import type { NamedRecord } from '@ahi-dicom/export-files'
import { isWriterName, writersFolder } from '@ahi-dicom/export-files/writers'
import type { S3Connection } from '../access/connect.ts'
import { translated } from '../access/s3-error.ts'
import type { S3DestinationOptions } from '../access/s3-options.ts'
import { listFolders } from '../objects/list-objects.ts'
import { bucketPlace } from '../place/bucket-place.ts'
import { bucketRecord } from './bucket-record.ts'

/** Yields the records of a prefix: first the unnamed record, then the record of each writer. Each can be locked separately. */
export async function* bucketRecords(
  connection: S3Connection,
  options: S3DestinationOptions,
): AsyncGenerator<NamedRecord> {
  const recordOf = (writer: string | undefined): NamedRecord['record'] =>
    bucketRecord({ connection, options, place: bucketPlace({ ...options, writer }), claim: { lock: undefined } })
  yield { name: '', record: recordOf(undefined) }
  const { bucket, start, name } = bucketPlace({ ...options, writer: undefined })
  const folders = await translated({ verb: 'list', subject: name, permission: 's3:ListBucket' }, async () =>
    listFolders(await connection.client(), { bucket, start: start + writersFolder }),
  )
  for (const writer of folders) {
    if (isWriterName(writer)) yield { name: `writers/${writer}`, writer, record: recordOf(writer) }
  }
}
