import { gunzipSync, gzipSync } from 'node:zlib'

import { createAhiClient } from '@ahi-dicom/ahi-client'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { createExporter, type ErrorEntry, type ExportSummary } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { startDamagingProxy, type Damage } from './doubles/damaging-proxy.ts'
import { connection, exportedFiles, linesOf, temporaryFolder } from './doubles/lane-store.ts'
import { smallFiles } from './doubles/small-files.ts'

let emulator: Emulator
/** The files of an undamaged export, by path. */
let whole: ReadonlyMap<string, Buffer>

beforeAll(async () => {
  emulator = await startEmulator()
  const { rejected } = await emulator.importDicom(smallFiles())
  if (rejected.length > 0) throw new Error(`Cannot import: ${JSON.stringify(rejected)}`)
  const { summary, files } = await exportThrough(() => undefined)
  if (summary.outcome !== 'complete' || files.size !== 4) throw new Error(`Cannot export: ${summary.outcome}`)
  whole = files
})
afterAll(() => emulator.close())

interface Exported {
  readonly summary: ExportSummary
  readonly files: ReadonlyMap<string, Buffer>
  readonly errors: readonly ErrorEntry[]
}

async function exportThrough(damageOf: (operation: string, count: number) => Damage | undefined): Promise<Exported> {
  await using folder = await temporaryFolder()
  await using proxy = await startDamagingProxy(emulator.endpoint, damageOf)
  const { endpoint } = proxy
  await using client = createAhiClient({ ...connection(emulator), endpoint, maxAttempts: 3, requestTimeoutMs: 400 })
  await using exporter = createExporter({ client, lanes: 1 })
  const destination = folderDestination({ directory: folder.path })
  const { datastoreId } = emulator
  const summary = await exporter.exportTo({ datastoreId, selectors: 'all', destination })
  return { summary, files: exportedFiles(folder.path), errors: linesOf<ErrorEntry>(folder.path, 'errors') }
}

/** Returns true if an export has every file intact, or reports that something is missing. */
function isHonest({ summary, files, errors }: Exported): boolean {
  const isRight = [...files].every(([path, content]) => whole.get(path)?.equals(content) === true)
  if (!isRight) return false
  if (summary.outcome === 'complete') return files.size === whole.size && errors.length === 0
  if (summary.outcome === 'unverified') return files.size === whole.size
  return errors.length > 0 || summary.fatal !== undefined
}

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
const at = (share: number, body: Buffer): number => Math.floor(share * body.length)
const otherBody = fc.constantFrom('', '{}', '[]', 'null', '7', '"ok"', '<html>sign in to this network</html>', '{"a":')

/** Damage that changes the content, length or form of a body. It may remove members that the API requires. */
const damage: fc.Arbitrary<Damage> = fc.oneof(
  otherBody.map((text): Damage => () => ({ body: Buffer.from(text) })),
  place.map((share): Damage => (body) => ({ body: body.subarray(0, at(share, body)) })),
  place.map((share): Damage => (body) => ({ body: body.subarray(0, at(share, body)), declared: body.length })),
  fc.uint8Array({ minLength: 1, maxLength: 9 }).map((extra): Damage => (body, { isJson }) => ({
    body: isJson ? Buffer.concat([body, extra]) : body.subarray(0, -1),
  })),
  place.map((share): Damage => (body) => ({ body, declared: at(share, body) })),
  fc.integer({ min: 1, max: 1e10 }).map((more): Damage => (body) => ({ body, declared: body.length + more })),
  fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(([share, mask]): Damage => flipped(share, mask)),
  fc.nat().map((seed): Damage => (body) => ({ body: withoutMember(body, seed) })),
)

/** Flips bits of bytes that a checksum covers: gzip and frames. Plain JSON and whole instances have no checksum. */
function flipped(share: number, mask: number): Damage {
  return (body, { isJson }) => {
    const isWholeInstance = body.toString('latin1', 128, 132) === 'DICM'
    if (isJson || isWholeInstance || body.length === 0) return { body: Buffer.alloc(0) }
    const copy = Buffer.from(body)
    copy[at(share, body)] = (copy[at(share, body)] ?? 0) ^ mask
    return { body: copy }
  }
}

/** Members that AHI writes into every document. */
const ofDocuments = [
  'DatastoreID',
  'ImageSetID',
  'Patient',
  'Study',
  'DICOM',
  'StudyInstanceUID',
  'Series',
  'SeriesInstanceUID',
  'Instances',
  'SOPInstanceUID',
  'DICOMVRs',
  'ImageFrames',
]
const required = ['imageSetsMetadataSummaries', 'imageSetId', 'datastoreProperties', 'datastoreId', ...ofDocuments]

/** Renames a required member. Cuts off the end of a body that is not JSON. */
function withoutMember(body: Buffer, seed: number): Buffer {
  const there = required.flatMap((name) => renamed(body, name) ?? [])
  return there[seed % Math.max(1, there.length)] ?? body.subarray(0, -1)
}

/** Renames the first member with a name. Returns undefined if the body has none. */
function renamed(body: Buffer, name: string): Buffer | undefined {
  const isPacked = body[0] === 0x1f && body[1] === 0x8b
  const text = (isPacked ? gunzipSync(body) : body).toString()
  if (!text.startsWith('{') || !text.includes(`"${name}":`)) return undefined
  const changed = Buffer.from(text.replace(`"${name}":`, `"x${name}":`))
  return isPacked ? gzipSync(changed) : changed
}

const operation = fc.constantFrom('searchImageSets', 'getImageSetMetadata', 'getImageFrame', 'datastore', 'any')

test.each(ofDocuments)(
  'an export with metadata without %s has every file, or reports what is missing',
  async (name) => {
    const exported = await exportThrough((operation) =>
      operation === 'getImageSetMetadata' ? (body) => ({ body: renamed(body, name) ?? body }) : undefined,
    )
    expect(exported).toSatisfy(isHonest)
  },
)

test('an export with damaged answers has every file, or reports what is missing', async () => {
  const lasting = fc.constantFrom(1, 2, Infinity)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(operation, damage, lasting), { minLength: 1, maxLength: 2 }),
      async (damages) => {
        const exported = await exportThrough(
          (operation, count) =>
            damages.find(([wanted, , times]) => (wanted === operation || wanted === 'any') && count <= times)?.[1],
        )
        expect(exported).toSatisfy(isHonest)
      },
    ),
    { numRuns: 25, interruptAfterTimeLimit: 6000, endOnFailure: true },
  )
}, 60_000)

test('damage that passes leaves no trace', async () => {
  await fc.assert(
    fc.asyncProperty(operation, otherBody, async (wanted, text) => {
      const exported = await exportThrough((operation, count) =>
        (wanted === operation || wanted === 'any') && count === 1 ? () => ({ body: Buffer.from(text) }) : undefined,
      )
      expect(exported.summary.outcome).toBe('complete')
      expect(exported.files).toEqual(whole)
    }),
    { numRuns: 12, interruptAfterTimeLimit: 3000, endOnFailure: true },
  )
}, 60_000)
