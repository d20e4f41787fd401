import { expect, test } from 'vitest'
import * as exporterS3 from '@ahi-dicom/exporter-s3'
import * as lane from '@ahi-dicom/exporter-s3/lane'
import * as names from '@ahi-dicom/exporter-s3/names'

test('exports what the README names', () => {
  expect(Object.keys(exporterS3).sort()).toEqual(['createS3Digester', 's3Destination'])
  expect(Object.keys(names).sort()).toEqual(['isBucketName', 'isPrefix', 'trimPrefix'])
  expect(Object.keys(lane)).toEqual(['createFileWriter'])
})
