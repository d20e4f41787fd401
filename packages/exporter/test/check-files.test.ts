import { createFormats, type Format, type StoredFile } from '@ahi-dicom/export-files'
import { createExporter, type Destination, type ExportOptions, type ExportSummary } from '@ahi-dicom/exporter'
import { expect, test } from 'vitest'
import { clientDouble, decoderDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { flatLayout, recordingDestination, type RecordingDestination } from './doubles/recording-destination.ts'

/** Two images and a report. */
const study = [makeImageSet({ imageSetId: 'a'.repeat(32), instances: { '1.1': {}, '1.2': {}, '1.3': { frames: 0 } } })]

async function run(destination: Destination, options: Partial<ExportOptions> = {}): Promise<ExportSummary> {
  await using exporter = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
  return await exporter.exportTo({ datastoreId, selectors: 'all', destination, layout: flatLayout, ...options })
}

/** Returns a destination that writes files, and reports something else. */
function reporting(change: (stored: StoredFile) => unknown): RecordingDestination {
  const destination = recordingDestination()
  return Object.assign(destination, {
    write: reportedBy(destination, change),
  })
}

function reportedBy(
  { write }: Pick<Destination, 'write'>,
  change: (stored: StoredFile) => unknown,
): (...args: Parameters<Destination['write']>) => Promise<unknown> {
  return async (...args) => change(await write(...args))
}

const digest = 'ab'.repeat(32)

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['an empty object', {}],
  ['no path', { byteLength: 1, sha256: digest }],
  ['an empty path', { path: '', byteLength: 1, sha256: digest }],
  ['no size', { path: 'x', sha256: digest }],
  ['an invalid size', { path: 'x', byteLength: Number.NaN, sha256: digest }],
  ['a negative size', { path: 'x', byteLength: -1, sha256: digest }],
  ['no SHA-256', { path: 'x', byteLength: 1 }],
  ['an invalid SHA-256', { path: 'x', byteLength: 1, sha256: 'AB' }],
])('if a destination reports %s, its instances fail', async (_, stored) => {
  const destination = reporting(() => stored)
  expect(await run(destination)).toMatchObject({
    outcome: 'failed',
    instances: { written: 0, failed: 3 },
    files: 0,
    errors: { FILE_NOT_REPORTED: 3 },
  })
  expect(destination.manifest).toEqual([])
  expect(new Set(destination.errors.map(({ sopInstanceUid }) => sopInstanceUid))).toEqual(
    new Set(['1.1', '1.2', '1.3']),
  )
})

/** Returns a format that makes no files. */
function emptyFormat(readsPixels: boolean): Format {
  return { name: 'none', mediaType: 'text/plain', readsPixels, files: () => [] }
}

test.each([
  [false, 3],
  [true, 2],
])('if a format makes no file (reads pixels: %s), %i instances fail', async (readsPixels, failed) => {
  const summary = await run(recordingDestination(), { formats: [emptyFormat(readsPixels)] })
  expect(summary).toMatchObject({ outcome: 'failed', instances: { failed }, files: 0 })
})

test('an instance without pictures needs only a DICOM file', async () => {
  const pictures = await run(recordingDestination(), { formats: createFormats(['png']) })
  expect(pictures).toMatchObject({ outcome: 'complete', instances: { written: 3 }, files: 2 })
  const formats = [...createFormats(['dcm']), emptyFormat(false)]
  expect(await run(recordingDestination(), { formats })).toMatchObject({ outcome: 'complete', files: 3 })
})
