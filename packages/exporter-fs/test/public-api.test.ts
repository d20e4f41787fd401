import { expect, test } from 'vitest'
import * as exporterFs from '@ahi-dicom/exporter-fs'
import * as lane from '@ahi-dicom/exporter-fs/lane'

test('exports what the README names', () => {
  expect(Object.keys(exporterFs).sort()).toEqual([
    'createFolderDigester',
    'documentFolder',
    'folderDestination',
    'folderFiles',
    'folderRecord',
    'writeAtomically',
    'writePart10',
    'writePng',
  ])
  expect(Object.keys(lane)).toEqual(['createFileWriter'])
})
