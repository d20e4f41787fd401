import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { createExporter } from '@ahi-dicom/exporter'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareAll, describeDifferences, type Comparison } from './comparison.ts'
import { completeFiles } from './completed-files.ts'
import { newComplaints, READERS } from './complaints.ts'
import { REJECTED } from './rejected.ts'
import { connection, exportKind, readManifest, roundTrips, type RoundTrip } from './round-trip.ts'
import { listSharedFiles, sharedDicom, sharedFilesMissing } from './shared-files.ts'
import { COMPARATOR_MODULES, mustSkip } from './tools.ts'

/** Stored syntaxes that the exporter writes as they are: JPEG baseline and JPEG 2000. */
const NOT_DECODED = new Set(['1.2.840.10008.1.2.4.50', '1.2.840.10008.1.2.4.91'])

const requirements = {
  commands: READERS,
  pythonModules: COMPARATOR_MODULES,
  excuse: sharedFilesMissing(),
}

describe.skipIf(mustSkip('real files through emulator and exporter', requirements))(
  'real files through emulator and exporter',
  () => {
    let folder: string
    let trips: RoundTrip[]
    let comparison: Comparison

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'interop-'))
      const shared = listSharedFiles().map((name) => ({ name, original: join(sharedDicom, name) }))
      const completed = await completeFiles(join(folder, 'completed'))
      trips = await roundTrips([...shared, ...completed], folder)
      comparison = await compareAll(trips, folder)
    })

    afterAll(() => rm(folder, { recursive: true, force: true }))

    test('rejects exactly the files that the table names, each for its reason', () => {
      const rejected = trips.filter((trip) => trip.rejected !== undefined)
      expect(Object.fromEntries(rejected.map((trip) => [trip.name, trip.rejected]))).toEqual(REJECTED)
    })

    test('exports every file that was taken as explicit and stored, without an error', () => {
      const taken = trips.filter((trip) => trip.rejected === undefined)
      expect(taken.flatMap((trip) => trip.errors).filter((error) => !error.includes('(png)'))).toEqual([])
      for (const kind of ['explicit', 'stored'] as const) {
        const missing = taken.filter((trip) => trip.outputs.filter((output) => output.kind === kind).length !== 1)
        expect(missing.map((trip) => trip.name)).toEqual([])
      }
      expect(taken.filter((trip) => trip.summaries.explicit?.outcome !== 'complete').map(({ name }) => name)).toEqual(
        [],
      )
    })

    test('makes a picture of every frame that it decodes', () => {
      const unpictured = trips.filter((trip) => trip.errors.some((error) => error.includes('(png)')))
      const encapsulated = trips.filter(({ outputs }) =>
        outputs.some(({ kind, transferSyntaxUid }) => kind === 'explicit' && NOT_DECODED.has(transferSyntaxUid)),
      )
      expect(unpictured.map(({ name }) => name)).toEqual(encapsulated.map(({ name }) => name))
    })

    test('keeps every attribute and every pixel, as pydicom reads them', () => {
      expect(describeDifferences(comparison.files)).toEqual([])
      expect(comparison.files.filter(({ pixels }) => pixels.startsWith('undecodable'))).toEqual([])
    })

    test.each(READERS)('%s has no complaint that it does not have about the original', async (reader) => {
      expect(await newComplaints(reader, trips, folder)).toEqual([])
    })

    test('docs/normalisation.md names every normalisation that the comparison allows, and no other', async () => {
      const document = await readFile(new URL('../../docs/normalisation.md', import.meta.url), 'utf8')
      const documented = [...document.matchAll(/^\| `([a-z-]+)` /gm)].map(([, id]) => id)
      expect(new Set(documented)).toEqual(new Set(Object.keys(comparison.rules)))
    })

    test('every normalisation is one that some real file needs', () => {
      const needed = new Set(comparison.files.flatMap((file) => file.applied))
      expect(Object.keys(comparison.rules).filter((id) => !needed.has(id))).toEqual([])
    })

    test('keeps the instances of several patients, studies and series apart in one data store', async () => {
      const original = join(sharedDicom, 'pydicom/dicomdirtests')
      await using emulator = await startEmulator({ data: join(folder, 'patients') })
      await using exporter = createExporter(connection(emulator.endpoint))
      await emulator.importDicom(original)
      const path = join(folder, 'patients-export')
      await exportKind(exporter, emulator.datastoreId, path, 'explicit')
      const output = { kind: 'explicit', path, transferSyntaxUid: '1.2.840.10008.1.2.1' } as const
      const { files } = await compareAll([{ name: 'dicomdirtests', original, outputs: [output] }], folder)
      expect(files).toHaveLength(81)
      expect(describeDifferences(files)).toEqual([])
    })

    test('the whole folder in one data store: a file that is rejected disturbs no other', async () => {
      await using emulator = await startEmulator({ data: join(folder, 'one-store') })
      await using exporter = createExporter(connection(emulator.endpoint))
      const { datastoreId } = emulator
      const { rejected } = await emulator.importDicom(sharedDicom)
      const names = rejected.map(({ file }) => relative(sharedDicom, file).replaceAll('\\', '/'))
      expect(names.sort()).toEqual(Object.keys(REJECTED).sort())
      const directory = join(folder, 'one-store-export')
      const summary = await exportKind(exporter, datastoreId, directory, 'explicit')
      expect(summary).toMatchObject({ outcome: 'complete', instances: { failed: 0 } })
      expect(await readManifest(directory)).toHaveLength(summary.instances.written)
    })
  },
)
