import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import { createExporter, type ExportOptions, type ExportSummary } from '@ahi-dicom/exporter'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { flatLayout, recordingDestination, type RecordingDestination } from './doubles/recording-destination.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
let emulator: Emulator
/** Ids of the primary image set, and of the image set that disagrees with it. */
let primary: string
let other: string

/**
 * Imports a series twice. The second import has another patient and one more instance. Both contain instance 1.2.3.4.1.
 */
beforeAll(async () => {
  emulator = await startEmulator()
  const first = await emulator.importDicom([file('A', 1), file('A', 2)])
  const second = await emulator.importDicom([file('B', 1), file('B', 3)])
  ;[primary = ''] = first.imageSets.map(({ imageSetId }) => imageSetId)
  ;[other = ''] = second.imageSets.map(({ imageSetId }) => imageSetId)
})
afterAll(() => emulator.close())

function file(patientId: string, number: number): Uint8Array {
  const levels = { StudyInstanceUID: '1.2.3', SeriesInstanceUID: '1.2.3.4', SOPInstanceUID: `1.2.3.4.${number}` }
  const attributes = { ...levels, SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.11', PatientID: patientId, Modality: 'SR' }
  return encodePart10({ attributes })
}

async function run(
  options: Partial<ExportOptions>,
): Promise<{ destination: RecordingDestination; summary: ExportSummary }> {
  const destination = recordingDestination()
  await using exporter = createExporter({ endpoint: emulator.endpoint, region: 'us-east-1', credentials })
  const { datastoreId } = emulator
  const summary = await exporter.exportTo({
    datastoreId,
    selectors: 'all',
    destination,
    layout: flatLayout,
    ...options,
  })
  return { destination, summary }
}

function origins({ manifest }: RecordingDestination): Record<string, string> {
  return Object.fromEntries(manifest.map(({ sopInstanceUid, imageSetId }) => [sopInstanceUid, imageSetId]))
}

test.each([
  ['the whole data store', 'all'],
  ['the study', [{ studyInstanceUid: '1.2.3' }]],
] as const)('%s: the primary image set alone', async (_, selectors) => {
  const { destination, summary } = await run({ selectors })
  expect(origins(destination)).toEqual({ '1.2.3.4.1': primary, '1.2.3.4.2': primary })
  expect(summary).toMatchObject({ outcome: 'complete', duplicates: 0 })
})

test('image sets that are not primary add new instances, and each instance is exported once', async () => {
  const { destination, summary } = await run({ selectors: [{ studyInstanceUid: '1.2.3' }], nonPrimary: 'include' })
  expect(origins(destination)).toEqual({ '1.2.3.4.1': primary, '1.2.3.4.2': primary, '1.2.3.4.3': other })
  expect(summary).toMatchObject({ outcome: 'complete', duplicates: 1, instances: { selected: 4, skipped: 1 } })
})

test('an image set that is not primary, by its id', async () => {
  const { destination } = await run({ selectors: [{ imageSetId: other }] })
  expect(origins(destination)).toEqual({ '1.2.3.4.1': other, '1.2.3.4.3': other })
  expect(Buffer.from(destination.files.get('1.2.3.4.1.dcm') ?? []).includes('B ')).toBe(true)
})

test('the whole data store: primary image sets take precedence here too', async () => {
  const { destination } = await run({ nonPrimary: 'include' })
  expect(origins(destination)).toEqual({ '1.2.3.4.1': primary, '1.2.3.4.2': primary, '1.2.3.4.3': other })
})
