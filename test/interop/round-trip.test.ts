import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { createExporter } from '@ahi-dicom/exporter'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runFidelity, type FidelityRun } from '../fidelity/run.ts'
import { fidelityDocument } from '../fidelity/table.ts'
import { compareAll, describeDifferences } from './comparison.ts'
import { newComplaints, READERS } from './complaints.ts'
import { decodeByProgram, DECODING_PROGRAMS } from './decode-by-program.ts'
import { diffFolderTrips, diffOutputs, expectedDiff } from './diff-outputs.ts'
import { readManifest } from './export-journal.ts'
import { REJECTED } from './rejected.ts'
import { connection, exportKind } from './round-trip.ts'
import { sharedDicom, sharedFilesMissing } from './shared-files.ts'
import { COMPARATOR_MODULES, GENERATING_MODULES, GENERATING_PROGRAMS, mustSkip } from './tools.ts'

/** Stored transfer syntaxes that the exporter does not decode: JPEG baseline and JPEG 2000. */
const NOT_DECODED = new Set(['1.2.840.10008.1.2.4.50', '1.2.840.10008.1.2.4.91'])

const requirements = {
  commands: [...READERS, ...DECODING_PROGRAMS, ...GENERATING_PROGRAMS],
  pythonModules: [...COMPARATOR_MODULES, ...GENERATING_MODULES],
}
const noRealFiles = sharedFilesMissing()

describe.skipIf(mustSkip('files through emulator and exporter', requirements))(
  'files through emulator and exporter',
  () => {
    let folder: string
    let run: FidelityRun

    beforeAll(async () => {
      if (noRealFiles !== undefined) console.warn(`Real files are left out: ${noRealFiles}`)
      folder = await mkdtemp(join(tmpdir(), 'interop-'))
      run = await runFidelity(folder)
    })

    afterAll(() => rm(folder, { recursive: true, force: true }))

    test('rejects exactly the files that the table names, each for its reason', () => {
      const rejected = run.trips.filter((trip) => trip.rejected !== undefined)
      const expected = noRealFiles === undefined ? REJECTED : {}
      expect(Object.fromEntries(rejected.map((trip) => [trip.name, trip.rejected]))).toEqual(expected)
    })

    test('exports every file that was taken as explicit and stored, without an error', () => {
      const taken = run.trips.filter((trip) => trip.rejected === undefined)
      expect(taken.flatMap((trip) => trip.errors).filter(({ kind }) => kind !== 'png')).toEqual([])
      for (const kind of ['explicit', 'stored'] as const) {
        const missing = taken.filter((trip) => !trip.outputs.some((output) => output.kind === kind))
        expect(missing.map((trip) => trip.name)).toEqual([])
        const ended = taken.map((trip) => ({ ...trip, outcome: trip.summaries[kind]?.outcome }))
        const others = ended.filter(({ outcome }) => outcome !== 'complete' && outcome !== 'unverified')
        expect(others.map(({ name }) => name)).toEqual([])
        // The document has no checksums of frames that AHI could not take apart.
        const unverified = ended.filter(({ outcome }) => outcome === 'unverified')
        const ofFrames = unverified.filter(
          ({ warnings }) => !warnings.some(({ code }) => code === 'WHOLE_INSTANCE_USED'),
        )
        expect(ofFrames.map(({ name }) => name)).toEqual([])
      }
    })

    test('makes a picture of every frame that it decodes, where AHI has frames', () => {
      const pictured = run.trips.filter(
        ({ kinds, warnings }) => kinds.includes('png') && !warnings.some(({ code }) => code === 'WHOLE_INSTANCE_USED'),
      )
      const unpictured = pictured.filter((trip) => trip.errors.some(({ kind }) => kind === 'png'))
      const encapsulated = pictured.filter(({ outputs }) =>
        outputs.some(({ kind, transferSyntaxUid }) => kind === 'explicit' && NOT_DECODED.has(transferSyntaxUid)),
      )
      expect(unpictured.map(({ name }) => name)).toEqual(encapsulated.map(({ name }) => name))
    })

    test('keeps every attribute and every pixel, as independent readers see them', () => {
      expect(describeDifferences(run.comparison.files)).toEqual([])
      expect(run.comparison.files.filter(({ pixels }) => pixels.startsWith('undecodable'))).toEqual([])
      expect(run.rows.filter(({ lost }) => lost.length > 0)).toEqual([])
    })

    test('dicom-diff says of every file what the comparator in Python says, and finds damage in it', async () => {
      const dicom = run.comparison.files.filter(({ kind }) => kind !== 'png')
      const found = await diffOutputs(run.trips)
      const names = new Set(found.map(({ name }) => name))
      const expected = dicom.filter(({ name }) => names.has(name)).map(expectedDiff)
      expect(found).toMatchObject(expected)
      expect(found.filter(({ pixels }) => pixels === 'not compared' || pixels === 'different')).toEqual([])
      expect(found.filter(({ missed }) => missed.length > 0)).toEqual([])
      expect(await diffFolderTrips(run.trips)).toEqual([])
    })

    test.each(READERS)('%s has no complaint that it does not have about the original', async (reader) => {
      expect(await newComplaints(reader, run.trips, folder)).toEqual([])
    })

    test('programs of dcmtk and gdcm decode what is stored to the same pixels', async () => {
      const { decoded, differences } = await decodeByProgram(run.trips, folder)
      expect(differences).toEqual([])
      expect(decoded).toBeGreaterThan(20)
    })

    test('docs/normalisation.md names every normalisation that the comparison allows, and no other', async () => {
      const document = await readFile(new URL('../../docs/normalisation.md', import.meta.url), 'utf8')
      const documented = [...document.matchAll(/^\| `([a-z-]+)` /gm)].map(([, id]) => id)
      expect(new Set(documented)).toEqual(new Set(Object.keys(run.comparison.rules)))
    })

    test.skipIf(noRealFiles !== undefined)('every normalisation is one that some file needs', () => {
      const needed = new Set(run.comparison.files.flatMap((file) => file.applied))
      expect(Object.keys(run.comparison.rules).filter((id) => !needed.has(id))).toEqual([])
    })

    test.skipIf(noRealFiles !== undefined)(
      'docs/fidelity.md is what this run has to say; `npm run fidelity` writes it',
      async () => {
        const committed = await readFile(new URL('../../docs/fidelity.md', import.meta.url), 'utf8')
        expect(fidelityDocument(run.rows)).toEqual(committed)
      },
    )

    test.skipIf(noRealFiles !== undefined)(
      'keeps the instances of several patients, studies and series apart in one data store',
      async () => {
        const original = join(sharedDicom, 'pydicom/dicomdirtests')
        await using emulator = await startEmulator({ data: join(folder, 'patients') })
        await using exporter = createExporter(connection(emulator.endpoint))
        await emulator.importDicom(original)
        const path = join(folder, 'patients-export')
        await exportKind(exporter, emulator.datastoreId, path, 'explicit')
        const output = { kind: 'explicit', path, transferSyntaxUid: '1.2.840.10008.1.2.1' } as const
        const trip = { name: 'dicomdirtests', original, outputs: [output], warnings: [] }
        const { files } = await compareAll([trip], folder)
        expect(files).toHaveLength(81)
        expect(describeDifferences(files)).toEqual([])
      },
    )

    test.skipIf(noRealFiles !== undefined)(
      'the whole folder in one data store: a file that is rejected disturbs no other',
      async () => {
        await using emulator = await startEmulator({ data: join(folder, 'one-store') })
        await using exporter = createExporter(connection(emulator.endpoint))
        const { datastoreId } = emulator
        const { rejected } = await emulator.importDicom(sharedDicom)
        const names = rejected.map(({ file }) => relative(sharedDicom, file).replaceAll('\\', '/'))
        expect(names.sort()).toEqual(Object.keys(REJECTED).sort())
        const directory = join(folder, 'one-store-export')
        const summary = await exportKind(exporter, datastoreId, directory, 'explicit')
        expect(['complete', 'unverified']).toContain(summary.outcome)
        expect(summary.instances).toMatchObject({ failed: 0, unfinished: 0 })
        expect(await readManifest(directory)).toHaveLength(summary.instances.written)
      },
    )
  },
)
