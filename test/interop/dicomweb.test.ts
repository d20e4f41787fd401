import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPart10, bytesInMemory, plainText } from '@ahi-dicom/dicom-standard/reader'
import { generateStudy, startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { createExporter, type Exporter, type ExportSummary } from '@ahi-dicom/exporter'
import { dicomwebDestination, type DicomwebOptions } from '@ahi-dicom/exporter-dicomweb'
import type { Destination, StoredFile } from '@ahi-dicom/export-files'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareAll, describeDifferences, type ComparedTrip } from './comparison.ts'
import { readManifest } from './export-journal.ts'
import { orthancMissing, startOrthanc } from './orthanc.ts'
import { connection, exportKind } from './round-trip.ts'
import { listSharedFiles, sharedDicom, sharedFilesMissing } from './shared-files.ts'
import { COMPARATOR_MODULES, mustSkip } from './tools.ts'

const sopInstanceUidTag = 0x00080018

let folder: string
let emulator: Emulator
let exporter: Exporter
/** Data stores that have all shared files. No two files in one store are the same instance. */
let datastoreIds: readonly string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dicomweb-'))
  emulator = await startEmulator({ data: join(folder, 'ahi') })
  exporter = createExporter(connection(emulator.endpoint))
  datastoreIds = sharedFilesMissing() === undefined ? await importShared() : []
})

afterAll(async () => {
  await exporter.close()
  await emulator.close()
  await rm(folder, { recursive: true, force: true })
})

/** Imports files of the same instance into data stores of their own. */
async function importShared(): Promise<string[]> {
  const stores: string[][] = []
  const seen = new Map<string, number>()
  for (const name of listSharedFiles()) {
    const path = join(sharedDicom, name)
    const uid = await uidOf(await readFile(path))
    const store = seen.get(uid) ?? 0
    seen.set(uid, store + 1)
    ;(stores[store] ??= []).push(path)
  }
  const ids: string[] = []
  for (const paths of stores) {
    const { datastoreId } = await emulator.createDatastore()
    const { imported } = await emulator.importDicom(paths, { datastoreId }).catch(() => ({ imported: 0 }))
    if (imported > 0) ids.push(datastoreId)
  }
  return ids
}

/** Returns the UID of an instance. Files that are not read here are in the first store, which names them as rejected. */
async function uidOf(bytes: Uint8Array): Promise<string> {
  try {
    const { dataSet } = await openPart10(bytesInMemory(bytes), { endBefore: sopInstanceUidTag + 1 })
    return plainText(dataSet.get(sopInstanceUidTag)) || crypto.randomUUID()
  } catch {
    return crypto.randomUUID()
  }
}

function store(
  destination: Destination,
  datastoreId: string,
  transferSyntax: 'explicit' | 'stored',
): Promise<ExportSummary> {
  return exporter.exportTo({ datastoreId, selectors: 'all', nonPrimary: 'include', destination, transferSyntax })
}

interface Exported {
  readonly path: string
  readonly sopInstanceUid: string
  readonly bytes: Uint8Array
}

/** Exports a data store into a folder, and reads the files. */
async function exportFiles(datastoreId: string, directory: string, kind: 'explicit' | 'stored'): Promise<Exported[]> {
  await exportKind(exporter, datastoreId, directory, kind)
  const files = await readManifest(directory)
  return await Promise.all(
    files.map(async ({ path }) => {
      const bytes = await readFile(join(directory, path))
      return { path: join(directory, path), sopInstanceUid: await uidOf(bytes), bytes }
    }),
  )
}

const shared = { excuse: sharedFilesMissing() }

describe.skipIf(mustSkip('STOW-RS to Orthanc', { ...shared, excuse: shared.excuse ?? notInCi(orthancMissing()) }))(
  'Orthanc',
  () => {
    test.each(['explicit', 'stored'] as const)(
      'keeps every shared file as it was sent: %s',
      async (kind) => {
        let count = 0
        await using orthanc = await startOrthanc({ folder: join(folder, `orthanc-${kind}`) })
        for (const [index, datastoreId] of datastoreIds.entries()) {
          const destination = dicomwebDestination({ url: orthanc.dicomWebUrl })
          const summary = await store(destination, datastoreId, kind)
          const files = await exportFiles(datastoreId, join(folder, `${kind}-${index}`), kind)
          expect(summary).toMatchObject({ instances: { written: files.length, failed: 0 } })
          for (const { sopInstanceUid, bytes } of files) {
            const kept = await orthanc.instance(sopInstanceUid)
            // round-trip.test.ts compares these files by pydicom.
            expect(Buffer.from(kept ?? []).equals(bytes)).toBe(true)
          }
          count += files.length
        }
        expect(count).toBeGreaterThan(200)
      },
      300_000,
    )

    test('asks for a password, and gets it', async () => {
      const user = { user: 'archive', password: 'a:b c' }
      await using orthanc = await startOrthanc({ folder: join(folder, 'orthanc-user'), user })
      const url = orthanc.dicomWebUrl
      expect(await outcomes({ url, basic: user }, instances())).toEqual(['200', '200'])
      const refused = { code: 'OUTPUT_REFUSED', message: expect.stringContaining('(401)') }
      expect(await outcomes({ url, basic: { ...user, password: 'other' } }, instances())).toMatchObject([
        refused,
        refused,
      ])
      await expect(dicomwebDestination({ url }).check?.()).rejects.toMatchObject(refused)
      expect(await dicomwebDestination({ url, basic: user }).check?.()).toHaveLength(1)
    })

    test('refuses one instance of a request, which is named with the status', async () => {
      await using orthanc = await startOrthanc({ folder: join(folder, 'orthanc-refusal') })
      const [first = new Uint8Array(), second = new Uint8Array()] = instances()
      const cut = new Uint8Array(second).subarray(0, 1000)
      expect(await outcomes({ url: orthanc.dicomWebUrl }, [first, cut])).toMatchObject([
        '200',
        { code: 'OUTPUT_FILE_REFUSED', message: expect.stringContaining('the server answers 400') },
      ])
      const wrong = dicomwebDestination({ url: `${orthanc.dicomWebUrl}/none` })
      await expect(wrong.check?.()).rejects.toMatchObject({ code: 'OUTPUT_NOT_FOUND' })
    })
  },
)

describe.skipIf(mustSkip('STOW-RS to the emulator', { ...shared, pythonModules: COMPARATOR_MODULES }))(
  'the emulator',
  () => {
    test('stores every shared file, and gives it back equal by pydicom', async () => {
      const trips: ComparedTrip[] = []
      for (const [index, datastoreId] of datastoreIds.entries()) {
        const target = await emulator.createDatastore()
        const url = `${emulator.endpoint}/datastore/${target.datastoreId}`
        const summary = await store(dicomwebDestination({ url }), datastoreId, 'explicit')
        const sent = await exportFiles(datastoreId, join(folder, `sent-${index}`), 'explicit')
        expect(summary).toMatchObject({ instances: { written: sent.length, failed: 0 } })
        const back = await exportFiles(target.datastoreId, join(folder, `back-${index}`), 'explicit')
        const paths = new Map(back.map(({ sopInstanceUid, path }) => [sopInstanceUid, path]))
        for (const { sopInstanceUid, path: original } of sent) {
          const path = paths.get(sopInstanceUid) ?? 'absent'
          const output = { kind: 'explicit', path, transferSyntaxUid: '1.2.840.10008.1.2.1' } as const
          trips.push({ name: sopInstanceUid, original, outputs: [output], warnings: [] })
        }
      }
      const { files } = await compareAll(trips, folder)
      expect(describeDifferences(files)).toEqual([])
      expect(files.length).toBeGreaterThan(200)
    }, 300_000)
  },
)

/** CI installs Orthanc; `mustSkip` refuses to skip there. */
function notInCi(reason: string | undefined): string | undefined {
  if (reason !== undefined && process.env['CI'] !== undefined) throw new Error(`${reason}; run test/tools/install.sh`)
  return reason
}

function instances(): Uint8Array[] {
  return Array.from(generateStudy({ seed: 5, ctSlices: 1, ultrasoundFrames: 1 }), ({ data }) => data).slice(0, 2)
}

/** Stores instances in one request, and returns the status of each, or its error. */
async function outcomes(options: DicomwebOptions, files: readonly Uint8Array[]): Promise<unknown[]> {
  const destination = dicomwebDestination(options)
  const writes = files.map((bytes, index): Promise<StoredFile> => {
    return destination.write({ path: `${index}.dcm`, format: 'dcm', mediaType: 'application/dicom', chunks: [bytes] })
  })
  const settled = await Promise.allSettled(writes)
  await destination.close()
  return settled.map((one) => (one.status === 'fulfilled' ? one.value.answer?.status : one.reason))
}
