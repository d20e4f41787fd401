import { createAhiClient } from '@ahi-dicom/ahi-client'
import { dcmFormat, verifyExport } from '@ahi-dicom/export-files'
import {
  createExporter,
  type AnyFormat,
  type ExporterOptions,
  type ExportSummary,
  type SeriesFileEntry,
} from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientDouble, decoderDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { flatLayout, recordingDestination } from './doubles/recording-destination.ts'
import {
  connection,
  exportedFiles,
  laneStore,
  linesOf,
  sliceSeries,
  temporaryFolder,
  withoutSharing,
  type LaneStore,
} from './doubles/lane-store.ts'
import { createFormat } from './lanes/sum-format.ts'

let store: LaneStore

beforeAll(async () => {
  store = await laneStore({ slices: 40, loops: 2, loopFrames: 20 })
})
afterAll(() => store[Symbol.asyncDispose]())

async function exported(
  directory: string,
  options: ExporterOptions,
  formats: readonly AnyFormat[] = [dcmFormat(), createFormat()],
): Promise<ExportSummary> {
  await using exporter = createExporter({ lanes: 2, ...options })
  return await exporter.exportTo({
    datastoreId: store.emulator.datastoreId,
    selectors: 'all',
    destination: folderDestination({ directory }),
    formats,
  })
}

test('lanes in threads write the same series files as the main thread', async () => {
  await using threads = await temporaryFolder()
  await using main = await temporaryFolder()
  await using client = createAhiClient(connection(store.emulator))
  const summary = await exported(threads.path, { client })
  expect(summary).toMatchObject({
    outcome: 'complete',
    instances: { selected: 42, written: 42, failed: 0 },
    frames: 80,
    files: 46,
  })
  await exported(main.path, { client: withoutSharing(client) })
  const files = exportedFiles(threads.path)
  expect(files).toEqual(exportedFiles(main.path))
  const sums = files.get(`1.2.3/${sliceSeries}.sums.txt`)?.toString().trim().split('\n') ?? []
  expect(sums.map((line) => line.split(' ')[0])).toEqual(store.slices.map(({ sopInstanceUid }) => sopInstanceUid))
  const lines = linesOf<SeriesFileEntry>(threads.path, 'manifest').filter(({ scope }) => scope === 'series')
  expect(lines).toHaveLength(4)
  const problems: unknown[] = []
  for await (const event of verifyExport(folderDestination({ directory: threads.path })))
    if (event.kind === 'problem') problems.push(event)
  expect(problems).toEqual([])
})

test('without instance files, series are read once, and their instances count as written', async () => {
  await using folder = await temporaryFolder()
  await using client = createAhiClient(connection(store.emulator))
  const summary = await exported(folder.path, { client }, [createFormat()])
  expect(summary).toMatchObject({
    outcome: 'complete',
    instances: { selected: 42, written: 42 },
    frames: 80,
    files: 4,
    requests: { GetImageFrame: { requests: 80 } },
  })
})

test('only as many frames of a series are in flight as fit into memory', async () => {
  const instances = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`1.${index + 1}`, {}]))
  let [now, most] = [0, 0]
  const client = clientDouble([makeImageSet({ imageSetId: 'a'.repeat(32), instances })], {
    async frame(_, stored) {
      now += 1
      most = Math.max(most, now)
      await new Promise((resolve) => setImmediate(resolve))
      now -= 1
      return stored
    },
  })
  const destination = recordingDestination()
  // A frame has 16 bytes decoded and 18 stored. Half of the memory is for one series.
  const maxBytesInFlight = 2 * 3 * (16 + 18)
  await using exporter = createExporter({ client, frameDecoder: decoderDouble(), maxBytesInFlight })
  const job = { datastoreId, selectors: 'all', layout: flatLayout, destination, formats: [createFormat()] } as const
  expect(await exporter.exportTo(job)).toMatchObject({ outcome: 'complete', instances: { written: 30 } })
  expect(most).toBe(3)
})
