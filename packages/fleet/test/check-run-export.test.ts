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

const ofSeries: SeriesFormat = { scope: 'series', name: 'nii', files: () => [] }
const formats = [...createFormats(['dcm']), ofSeries]

test('formats of series need a layout that gives each series its own path', () => {
  expect(() => checkRunExport({ destination, formats }, run)).not.toThrow()
  const seriesLayout = '{PatientID}/{SeriesInstanceUID}'
  expect(() => checkRunExport({ destination, formats: createFormats(['dcm']), seriesLayout }, run)).not.toThrow()
  expect(() => checkRunExport({ destination, formats, seriesLayout }, run)).toThrow(
    expect.objectContaining({
      code: 'FLEET_LAYOUT_NOT_UNIQUE',
      message: expect.stringMatching(
        /it lacks \{StudyInstanceUID\}; use a layout with \{StudyInstanceUID\}, \{SeriesInstanceUID\},/,
      ),
    }),
  )
})
