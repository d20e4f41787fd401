import * as exporterDicomweb from '@ahi-dicom/exporter-dicomweb'
import * as lane from '@ahi-dicom/exporter-dicomweb/lane'
import { expect, test } from 'vitest'

test('exports only these names', () => {
  expect(Object.keys(exporterDicomweb)).toEqual(['dicomwebDestination'])
  expect(Object.keys(lane)).toEqual(['createFileWriter'])
})
