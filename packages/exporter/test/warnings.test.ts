import type { InstanceNotice } from '@ahi-dicom/dicomizer'
import { dcmFormat } from '@ahi-dicom/export-files'
import {
  createExporter,
  type Destination,
  type ExportOptions,
  type ExportSummary,
  type Format,
  type WarningEntry,
} from '@ahi-dicom/exporter'
import { expect, test } from 'vitest'
import { clientDouble, decoderDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { flatLayout, recordingDestination, uidOf } from './doubles/recording-destination.ts'

const idA = 'a'.repeat(32)
const idB = 'b'.repeat(32)
const study = [
  makeImageSet({ imageSetId: idA, versionId: '3', instances: { '1.1': {}, '1.2': {}, '1.3': {} } }),
  makeImageSet({ imageSetId: idB, seriesInstanceUid: '1.2.3.5', instances: { '2.1': {}, '2.2': {} } }),
]

const changed = { code: 'CHARACTER_SET_CHANGED', tag: '00080005', message: 'now ISO_IR 192', isLoss: false } as const
const encapsulated = { code: 'PIXELS_NOT_DECODED', message: 'as stored', isLoss: false } as const
const lost = { code: 'ATTRIBUTE_NOT_WRITTEN', tag: 'Keyword1', message: 'nothing holds it', isLoss: true } as const

type NoticesOf = (sopInstanceUid: string) => readonly InstanceNotice[]

/** Returns a format for DICOM files whose instances have notices. */
function filesWithNotices(noticesOf: NoticesOf): Format {
  const format = dcmFormat()
  return {
    ...format,
    lane: undefined,
    files(item) {
      Object.defineProperty(item.instance, 'notices', { get: () => noticesOf(item.instance.sopInstanceUid) })
      return format.files(item)
    },
  }
}

async function run(
  destination: Destination,
  noticesOf: NoticesOf,
  options: Partial<ExportOptions> = {},
): Promise<ExportSummary> {
  await using exporter = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
  const job = { datastoreId, selectors: 'all', destination, layout: flatLayout } as const
  return await exporter.exportTo({ ...job, formats: [filesWithNotices(noticesOf)], ...options })
}

test('an instance with a notice twice counts once', async () => {
  const destination = recordingDestination()
  await run(destination, () => [changed, { ...changed, message: 'once more' }])
  expect(destination.warnings).toMatchObject([
    { imageSetId: idA, message: changed.message, instances: 3 },
    { imageSetId: idB, message: changed.message, instances: 2 },
  ])
})

test('a notice is reported once per series with its number of instances, and does not change the outcome', async () => {
  const destination = recordingDestination()
  const noticesOf: NoticesOf = (uid) => (uid === '1.3' ? [changed, encapsulated] : [changed])
  const watched: WarningEntry[] = []
  const onWarning = (warning: WarningEntry): unknown => watched.push(warning)
  const summary = await run(destination, noticesOf, { instanceConcurrency: 1, onWarning })
  expect(watched).toEqual(destination.warnings)
  expect(summary).toMatchObject({
    outcome: 'complete',
    instances: { written: 5, failed: 0 },
    warnings: { CHARACTER_SET_CHANGED: 5, PIXELS_NOT_DECODED: 1 },
  })
  const { isLoss: _, ...told } = changed
  const ofA = { datastoreId, imageSetId: idA, versionId: '3', studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.4' }
  const ofB = { datastoreId, imageSetId: idB, versionId: '1', studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.5' }
  expect(destination.warnings).toEqual([
    { ...ofA, sopInstanceUid: '1.1', ...told, instances: 3 },
    { ...ofA, sopInstanceUid: '1.3', code: 'PIXELS_NOT_DECODED', message: 'as stored', instances: 1 },
    { ...ofB, sopInstanceUid: '2.1', ...told, instances: 2 },
  ])
  expect(destination.manifest.map(({ notices, hasLoss }) => ({ notices, hasLoss }))).toEqual([
    { notices: ['CHARACTER_SET_CHANGED'] },
    { notices: ['CHARACTER_SET_CHANGED'] },
    { notices: ['CHARACTER_SET_CHANGED', 'PIXELS_NOT_DECODED'] },
    { notices: ['CHARACTER_SET_CHANGED'] },
    { notices: ['CHARACTER_SET_CHANGED'] },
  ])
})

test('notices of an image set are reported when its instances are written, not at the end of the job', async () => {
  const destination = recordingDestination()
  await run(destination, () => [changed], { instanceConcurrency: 1 })
  expect(destination.events.indexOf('warn CHARACTER_SET_CHANGED')).toBeLessThan(destination.events.indexOf('write 2.2'))
  expect(destination.events.at(-1)).toBe('close')
})

test('a series selected instance by instance is reported once', async () => {
  const destination = recordingDestination()
  const selectors = ['1.1', '1.2', '1.3'].map((sopInstanceUid) => ({
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.4',
    sopInstanceUid,
  }))
  await run(destination, () => [changed], { selectors })
  expect(destination.warnings).toMatchObject([{ imageSetId: idA, instances: 3 }])
})

test('a loss is a failure of an instance that is written and recorded', async () => {
  const other = { ...lost, tag: '00110010' }
  const destination = recordingDestination()
  const summary = await run(destination, (uid) => (uid === '1.2' ? [lost, changed, other] : []))
  expect(summary).toMatchObject({
    outcome: 'failed',
    instances: { written: 4, failed: 1 },
    files: 5,
    errors: { ATTRIBUTE_NOT_WRITTEN: 1 },
    warnings: { CHARACTER_SET_CHANGED: 1 },
  })
  expect(destination.warnings).toMatchObject([{ code: 'CHARACTER_SET_CHANGED', sopInstanceUid: '1.2', instances: 1 }])
  expect(destination.errors).toMatchObject([
    { imageSetId: idA, sopInstanceUid: '1.2', code: 'ATTRIBUTE_NOT_WRITTEN', retryable: false },
  ])
  expect(destination.errors[0]?.message).toMatch(/nothing holds it.*Keyword1, 00110010/)
  expect(destination.manifest.find(({ sopInstanceUid }) => sopInstanceUid === '1.2')).toMatchObject({
    hasLoss: true,
    notices: ['ATTRIBUTE_NOT_WRITTEN', 'CHARACTER_SET_CHANGED'],
  })
})

test('warnings of an interrupted job are reported before the destination is closed', async () => {
  const abort = new AbortController()
  const destination = recordingDestination({
    beforeWrite: async (file) => {
      if (uidOf(file) === '1.2') abort.abort()
    },
  })
  const summary = await run(destination, () => [changed], { signal: abort.signal, instanceConcurrency: 1 })
  expect(summary).toMatchObject({ outcome: 'interrupted', warnings: { CHARACTER_SET_CHANGED: 1 } })
  expect(destination.events.slice(-2)).toEqual(['warn CHARACTER_SET_CHANGED', 'close'])
})

test('a warning that cannot be recorded ends the job', async () => {
  const full = recordingDestination({ warn: () => Promise.reject(new Error('Cannot write: no')) })
  expect(await run(full, () => [changed])).toMatchObject({ outcome: 'fatal', fatal: { message: 'Cannot write: no' } })
})
