import { createExporter, type ExportOptions, type ExportSummary } from '@ahi-dicom/exporter'
import { OutputError, pngFormat, type CloseDestinationOptions, type Destination } from '@ahi-dicom/export-files'
import { expect, test } from 'vitest'
import { clientDouble, decoderDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { flatLayout, recordingDestination } from './doubles/recording-destination.ts'

const study = [makeImageSet({ imageSetId: 'a'.repeat(32), instances: { '1.1': {}, '1.2': {} } })]

async function run(destination: Destination, options: Partial<ExportOptions> = {}): Promise<ExportSummary> {
  await using exporter = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
  const selectors = [{ studyInstanceUid: '1.2.3' }]
  return await exporter.exportTo({ datastoreId, selectors, destination, layout: flatLayout, ...options })
}

const cannot = { resume: 'it is written in one go', pictures: 'it takes DICOM instances alone' }

test.each([
  [{ mode: 'resume' }, 'Cannot resume an export into "recorder": it is written in one go'],
  [{ formats: [pngFormat()] }, 'Cannot write pictures or volumes to "recorder": it takes DICOM instances alone'],
] as const)('what a destination cannot do is refused before it is opened: %o', async (options, message) => {
  const recorder = recordingDestination()
  const failure = run({ ...recorder, name: 'recorder', cannot }, options)
  await expect(failure).rejects.toMatchObject({ code: 'OUTPUT_UNSUPPORTED', message })
  expect(recorder.events).toEqual([])
})

test('a destination that cannot be written ends the job before anything is selected', async () => {
  const recorder = recordingDestination()
  const refusal = new OutputError('OUTPUT_REFUSED', 'Cannot write', { path: '' })
  const failure = run({ ...recorder, check: () => Promise.reject(refusal) })
  await expect(failure).rejects.toBe(refusal)
  expect(recorder.events).toEqual(['open', 'close'])
})

test('an unreachable destination ends the job as an outage, and the affected instances stay unfinished', async () => {
  const away = new OutputError('OUTPUT_UNREACHABLE', 'Cannot reach it', { path: '' })
  const recorder = recordingDestination({ beforeWrite: () => Promise.reject(away) })
  const summary = await run(recorder)
  expect(summary).toMatchObject({ outcome: 'retryable', fatal: { code: 'OUTPUT_UNREACHABLE' } })
  expect(summary.instances).toMatchObject({ failed: 0, unfinished: 2 })
})

test.each([
  ['complete', {}, true],
  ['nothing-selected', { selectors: [] }, false],
  ['interrupted', { signal: AbortSignal.abort() }, undefined],
] as const)('a destination is told whether the job came to its end: %s', async (_, options, isFinished) => {
  const closed: CloseDestinationOptions[] = []
  const destination = { ...recordingDestination(), close: async (end = {}) => void closed.push(end) }
  await run(destination, options).catch(() => undefined)
  expect(closed.map((end) => end.isFinished)).toEqual(isFinished === undefined ? [] : [isFinished])
})

test('a stopped job tells its destination that it is not finished', async () => {
  const stopped = new AbortController()
  const closed: CloseDestinationOptions[] = []
  const recorder = recordingDestination({ beforeWrite: async () => stopped.abort() })
  await run({ ...recorder, close: async (end = {}) => void closed.push(end) }, { signal: stopped.signal })
  expect(closed).toEqual([{ isFinished: false }])
})

test('the answer of a destination is recorded, and its warning is reported for the instance', async () => {
  const recorder = recordingDestination()
  const answer = { status: 'B000', warning: 'coercion of data elements' }
  const destination: Destination = {
    ...recorder,
    write: async (file, options) => ({ ...(await recorder.write(file, options)), answer }),
  }
  const summary = await run(destination)
  expect(summary.warnings).toEqual({ DESTINATION_WARNING: 2 })
  expect(recorder.manifest.map((line) => line.answer)).toEqual([answer, answer])
  expect(recorder.warnings).toMatchObject([
    {
      code: 'DESTINATION_WARNING',
      message: 'the destination took it with status B000: coercion of data elements',
      instances: 2,
    },
  ])
})
