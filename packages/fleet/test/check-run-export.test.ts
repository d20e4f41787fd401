import { createFormats, memoryRecord, type Destination, type SeriesFormat } from '@ahi-dicom/export-files'
import { expect, test } from 'vitest'
import { checkRunExport } from '../src/work/check-run-export.ts'

const run = { runId: 'r', writer: 'w' }

const destination: Destination = {
  name: 'memory',
  writer: 'w',
  record: memoryRecord(),
  records: () => [],
  open: async () => {},
  write: () => Promise.reject(new Error('not written')),
  remove: async () => {},
  close: async () => {},
}

test('formats of series are refused: jobs may have parts of a series', () => {
  const format: SeriesFormat = { scope: 'series', name: 'nii', files: () => [] }
  const formats = createFormats(['dcm'])
  expect(() => checkRunExport({ destination, formats }, run)).not.toThrow()
  expect(() => checkRunExport({ destination, formats: [...formats, format] }, run)).toThrow(
    expect.objectContaining({ code: 'FLEET_FORMAT_UNSUPPORTED', message: expect.stringContaining('"nii"') }),
  )
})
