import type { DicomInstance } from '@ahi-dicom/dicomizer'
import { expect, expectTypeOf, test } from 'vitest'
import * as exporterFs from '@ahi-dicom/exporter-fs'
import type { SinkInstance } from '@ahi-dicom/exporter-fs'

test('exports what the README names', () => {
  expect(Object.keys(exporterFs).sort()).toEqual([
    'DEFAULT_LAYOUT',
    'LayoutError',
    'OutputError',
    'directorySink',
    'parseLayout',
    'verifyDirectory',
    'writeAtomically',
    'writePart10',
    'writePng',
  ])
})

test('takes the instances of dicomizer by shape', () => {
  expectTypeOf<DicomInstance>().toExtend<SinkInstance>()
})
