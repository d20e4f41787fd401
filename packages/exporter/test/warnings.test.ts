import { createExporter, type ExportOptions, type ExportSummary, type InstanceSink } from '@ahi-dicom/exporter'
import type { InstanceNotice } from '@ahi-dicom/dicomizer'
import { expect, test } from 'vitest'
import { clientDouble, decoderDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { recordingSink, type RecordingSink, type SinkBehaviour } from './doubles/recording-sink.ts'

const idA = 'a'.repeat(32)
const idB = 'b'.repeat(32)
const study = [
  makeImageSet({ imageSetId: idA, versionId: '3', instances: { '1.1': {}, '1.2': {}, '1.3': {} } }),
  makeImageSet({ imageSetId: idB, seriesInstanceUid: '1.2.3.5', instances: { '2.1': {}, '2.2': {} } }),
]

const changed = { code: 'CHARACTER_SET_CHANGED', tag: '00080005', message: 'now ISO_IR 192', isLoss: false } as const
const encapsulated = { code: 'PIXELS_NOT_DECODED', message: 'as stored', isLoss: false } as const
const lost = { code: 'ATTRIBUTE_NOT_WRITTEN', tag: 'Keyword1', message: 'nothing holds it', isLoss: true } as const

/** A sink whose instances have notices once they are written. */
function sinkWithNotices(
  noticesOf: (sopInstanceUid: string) => readonly InstanceNotice[],
  behaviour: SinkBehaviour = {},
): RecordingSink {
  return recordingSink({
    ...behaviour,
    async beforeWrite(instance, signal) {
      Object.defineProperty(instance, 'notices', { get: () => noticesOf(instance.sopInstanceUid) })
      await behaviour.beforeWrite?.(instance, signal)
    },
  })
}

async function run(sink: InstanceSink, options: Partial<ExportOptions> = {}): Promise<ExportSummary> {
  await using exporter = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
  return await exporter.exportTo({ datastoreId, selectors: 'all', sink, ...options })
}

test('a notice is told once a series with how many instances it concerns, and does not change the outcome', async () => {
  const sink = sinkWithNotices((uid) => (uid === '1.3' ? [changed, encapsulated] : [changed]))
  const summary = await run(sink, { instanceConcurrency: 1 })
  expect(summary).toMatchObject({
    outcome: 'complete',
    instances: { written: 5, failed: 0 },
    warnings: { CHARACTER_SET_CHANGED: 5, PIXELS_NOT_DECODED: 1 },
  })
  const { isLoss: _, ...told } = changed
  const ofA = { datastoreId, imageSetId: idA, versionId: '3', studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.4' }
  const ofB = { datastoreId, imageSetId: idB, versionId: '1', studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.5' }
  expect(sink.warnings).toEqual([
    { ...ofA, sopInstanceUid: '1.1', ...told, instances: 3 },
    { ...ofA, sopInstanceUid: '1.3', code: 'PIXELS_NOT_DECODED', message: 'as stored', instances: 1 },
    { ...ofB, sopInstanceUid: '2.1', ...told, instances: 2 },
  ])
  expect(sink.manifest.map(({ notices, hasLoss }) => ({ notices, hasLoss }))).toEqual([
    { notices: ['CHARACTER_SET_CHANGED'] },
    { notices: ['CHARACTER_SET_CHANGED'] },
    { notices: ['CHARACTER_SET_CHANGED', 'PIXELS_NOT_DECODED'] },
    { notices: ['CHARACTER_SET_CHANGED'] },
    { notices: ['CHARACTER_SET_CHANGED'] },
  ])
})

test('those of an image set are told when its instances are written, not at the end of the job', async () => {
  const sink = sinkWithNotices(() => [changed])
  await run(sink, { instanceConcurrency: 1 })
  expect(sink.events.indexOf('warn CHARACTER_SET_CHANGED')).toBeLessThan(sink.events.indexOf('write 2.2'))
  expect(sink.events.at(-1)).toBe('close')
})

test('a series that is selected instance by instance is told of once', async () => {
  const sink = sinkWithNotices(() => [changed])
  const selectors = ['1.1', '1.2', '1.3'].map((sopInstanceUid) => ({
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.4',
    sopInstanceUid,
  }))
  await run(sink, { selectors })
  expect(sink.warnings).toMatchObject([{ imageSetId: idA, instances: 3 }])
})

test('a loss is a failure of an instance that is written and journaled', async () => {
  const other = { ...lost, tag: '00110010' }
  const sink = sinkWithNotices((uid) => (uid === '1.2' ? [lost, changed, other] : []))
  const summary = await run(sink)
  expect(summary).toMatchObject({
    outcome: 'failed',
    instances: { written: 4, failed: 1 },
    files: 5,
    errors: { ATTRIBUTE_NOT_WRITTEN: 1 },
    warnings: { CHARACTER_SET_CHANGED: 1 },
  })
  expect(sink.warnings).toMatchObject([{ code: 'CHARACTER_SET_CHANGED', sopInstanceUid: '1.2', instances: 1 }])
  expect(sink.errors).toMatchObject([
    { imageSetId: idA, sopInstanceUid: '1.2', code: 'ATTRIBUTE_NOT_WRITTEN', retryable: false },
  ])
  expect(sink.errors[0]?.message).toMatch(/nothing holds it.*Keyword1, 00110010/)
  expect(sink.manifest.find(({ sopInstanceUid }) => sopInstanceUid === '1.2')).toMatchObject({
    hasLoss: true,
    notices: ['ATTRIBUTE_NOT_WRITTEN', 'CHARACTER_SET_CHANGED'],
  })
})

test('warnings of a job that is interrupted are told before the sink is closed', async () => {
  const abort = new AbortController()
  const sink = sinkWithNotices(() => [changed], {
    beforeWrite: async ({ sopInstanceUid }) => {
      if (sopInstanceUid === '1.2') abort.abort()
    },
  })
  const summary = await run(sink, { signal: abort.signal, instanceConcurrency: 1 })
  expect(summary).toMatchObject({ outcome: 'interrupted', warnings: { CHARACTER_SET_CHANGED: 1 } })
  expect(sink.events.slice(-2)).toEqual(['warn CHARACTER_SET_CHANGED', 'close'])
})

test('a sink without an ear for warnings is left alone; one that cannot record them ends the job', async () => {
  const deaf = { ...sinkWithNotices(() => [changed]), warn: undefined }
  expect(await run(deaf)).toMatchObject({ outcome: 'complete', warnings: { CHARACTER_SET_CHANGED: 5 } })
  const full = { ...deaf, warn: () => Promise.reject(new Error('Cannot write: no')) }
  expect(await run(full)).toMatchObject({ outcome: 'fatal', fatal: { message: 'Cannot write: no' } })
})
