import { memoryRecord, openRecord, type Destination, type SeriesFileEntry } from '@ahi-dicom/export-files'
import { expect, test } from 'vitest'
import { blocksOf, pageOf } from './read-page.ts'

const destination: Destination = {
  name: 'a double',
  record: memoryRecord(),
  open: async () => {},
  write: () => Promise.reject(new Error('nothing is written')),
  remove: async () => {},
  close: async () => {},
}

function lineOf(suffix: string): SeriesFileEntry {
  return {
    datastoreId: '12345678901234567890123456789012',
    imageSetId: 'ab345678901234567890123456789012',
    versionId: '1',
    studyInstanceUid: '1.2.840.1',
    seriesInstanceUid: '1.2.3.4',
    scope: 'series',
    instances: 40,
    instancesSha256: 'cd'.repeat(32),
    path: `1.2.840.1/1.2.3.4${suffix}`,
    suffix,
    files: 2,
    format: 'nii',
    bytes: 1000,
    sha256: 'ab'.repeat(32),
    frames: 40,
    source: 'frames',
    request: { form: 'explicit', source: 'frames' },
    checksum: 'verified',
  }
}

test('files of a whole series are listed below it, and count its instances', async () => {
  const formats = [{ scope: 'series', name: 'nii' }] as const
  const record = await openRecord(destination, { mode: 'new', formats })
  await record.add([lineOf('.nii.gz'), lineOf('_about.json')])
  await record.close({ outcome: 'complete' })
  const { series } = blocksOf(await pageOf({ destination, linkBase: '' }))
  expect(series).toMatchObject([{ series: '1.2.3.4', instances: 40, files: 2, bytes: 2000 }])
  const page = await pageOf({ destination, linkBase: '' })
  expect(page).toContain('whole series')
  expect(page).toContain('1.2.840.1/1.2.3.4.nii.gz')
})
