import {
  memoryRecord,
  openRecord,
  type Destination,
  type InstanceFileEntry,
  type SeriesFileEntry,
} from '@ahi-dicom/export-files'
import { expect, test } from 'vitest'
import { blocksOf, pageOf } from './read-page.ts'

function emptyDestination(): Destination {
  return {
    name: 'a double',
    record: memoryRecord(),
    open: async () => {},
    write: () => Promise.reject(new Error('nothing is written')),
    remove: async () => {},
    close: async () => {},
  }
}

const file = {
  datastoreId: '12345678901234567890123456789012',
  imageSetId: 'ab345678901234567890123456789012',
  versionId: '1',
  studyInstanceUid: '1.2.840.1',
  seriesInstanceUid: '1.2.3.4',
  bytes: 1000,
  sha256: 'ab'.repeat(32),
  frames: 40,
  source: 'frames',
  request: { form: 'explicit', source: 'frames' },
  checksum: 'verified',
} as const

function lineOf(suffix: string, instances = 40): SeriesFileEntry {
  const path = `1.2.840.1/1.2.3.4${suffix}`
  const instancesSha256 = 'cd'.repeat(32)
  return { ...file, scope: 'series', instances, instancesSha256, path, suffix, files: 2, format: 'nii' }
}

test('files of a whole series are listed below it, and count its instances', async () => {
  const destination = emptyDestination()
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

test('a series of one instance has one instance, also with a file of the whole series', async () => {
  const destination = emptyDestination()
  const record = await openRecord(destination, { mode: 'new', formats: [{ scope: 'series', name: 'nii' }] })
  const dicomFile: InstanceFileEntry = {
    ...file,
    sopInstanceUid: '1.2.3.4.5',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.3.1',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    path: '1.2.840.1/1.2.3.4/1.2.3.4.5.dcm',
    format: 'dcm',
  }
  await record.add([lineOf('.nii', 1)])
  await record.add([dicomFile])
  await record.close({ outcome: 'complete' })
  const { series } = blocksOf(await pageOf({ destination, linkBase: '' }))
  expect(series).toMatchObject([{ series: '1.2.3.4', instances: 1, files: 2 }])
})
