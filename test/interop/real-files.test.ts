import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { createExporter } from '@ahi-dicom/exporter'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compareAll, describeDifferences, type Comparison } from './comparison.ts'
import { newComplaints, READERS } from './complaints.ts'
import { REJECTED } from './rejected.ts'
import { connection, exportKind, roundTrips, writtenPaths, type RoundTrip } from './round-trip.ts'
import { listSharedFiles, sharedDicom, sharedFilesMissing } from './shared-files.ts'
import { COMPARATOR_MODULES, describeWith } from './tools.ts'

const requirements = {
  commands: READERS,
  pythonModules: COMPARATOR_MODULES,
  excuse: sharedFilesMissing(),
}

describeWith('real files through emulator and exporter', requirements, () => {
  let folder: string
  let trips: RoundTrip[]
  let comparison: Comparison

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'interop-'))
    trips = await roundTrips(listSharedFiles(), sharedDicom, folder)
    comparison = await compareAll(trips, folder)
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('rejects exactly the files that the table names, for its reasons', () => {
    const rejected = trips.filter((trip) => trip.rejected.length > 0)
    expect(Object.fromEntries(rejected.map((trip) => [trip.name, trip.rejected.join(' ')]))).toEqual(REJECTED)
  })

  test('exports every file that was taken, in every way, without an error', () => {
    const taken = trips.filter((trip) => trip.rejected.length === 0)
    expect(taken.flatMap((trip) => trip.errors)).toEqual([])
    for (const kind of ['explicit', 'stored'] as const) {
      const missing = taken.filter((trip) => trip.outputs.filter((output) => output.kind === kind).length !== 1)
      expect(missing.map((trip) => trip.name)).toEqual([])
    }
    expect(taken.filter((trip) => trip.summaries.explicit?.outcome !== 'complete').map(({ name }) => name)).toEqual([])
  })

  test('keeps every attribute and every pixel, as pydicom reads them', () => {
    expect(describeDifferences(comparison.files)).toEqual([])
  })

  test.each(READERS)('%s has no complaint that it does not have about the original', async (reader) => {
    expect(await newComplaints(reader, trips)).toEqual([])
  })

  test('docs/normalisation.md names every normalisation that the comparison allows, and no other', async () => {
    const document = await readFile(new URL('../../docs/normalisation.md', import.meta.url), 'utf8')
    const documented = [...document.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id]) => id)
    expect(documented.sort()).toEqual(Object.keys(comparison.rules).sort())
  })

  test('every normalisation is one that some real file needs', () => {
    const needed = new Set(comparison.files.flatMap((file) => file.applied))
    expect(Object.keys(comparison.rules).filter((id) => !needed.has(id))).toEqual([])
  })

  test('the whole folder in one data store: a file that is rejected disturbs no other', async () => {
    await using emulator = await startEmulator({ data: join(folder, 'one-store') })
    await using exporter = createExporter(connection(emulator.endpoint))
    const { datastoreId } = emulator
    const { rejected } = await emulator.importDicom(sharedDicom)
    expect(rejected).toHaveLength(Object.keys(REJECTED).length)
    const directory = join(folder, 'one-store-export')
    const summary = await exportKind(exporter, datastoreId, directory, 'explicit')
    expect(summary).toMatchObject({ outcome: 'complete', instances: { failed: 0 } })
    expect(await writtenPaths(directory)).toHaveLength(summary.instances.written)
  })
})
