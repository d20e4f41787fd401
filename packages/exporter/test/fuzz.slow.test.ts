import { createAhiClient, type ImageSet, type ImageSetSummary } from '@ahi-dicom/ahi-client'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { createExporter, type ExporterClient, type ExportOptions, type ExportSummary } from '@ahi-dicom/exporter'
import { createDecoderPool, type DecoderPool } from '@ahi-dicom/htj2k-decoder'
import * as fc from 'fast-check'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bytesChange, documentChange } from './doubles/mutations.ts'
import { flatLayout, recordingDestination, type RecordingDestination } from './doubles/recording-destination.ts'
import { smallFiles } from './doubles/small-files.ts'

/** The documents as text, the frames by id, and a client that returns both. */
const documents = new Map<string, string>()
const frames = new Map<string, Uint8Array>()
let client: ExporterClient
let datastoreId: string
let pool: DecoderPool
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ahi-dicom-fuzz-'))
  pool = createDecoderPool({ threads: 2, timeoutMs: 20_000, maxFrameByteLength: 4_000_000 })
  await using emulator = await startEmulator()
  datastoreId = emulator.datastoreId
  const { rejected } = await emulator.importDicom(smallFiles())
  if (rejected.length > 0) throw new Error(`Cannot import: ${JSON.stringify(rejected)}`)
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
  await using source = createAhiClient({ endpoint: emulator.endpoint, region: 'us-east-1', credentials })
  const summaries: ImageSetSummary[] = []
  const answers = new Map<string, ImageSet>()
  for await (const summary of source.searchImageSets({ datastoreId })) summaries.push(summary)
  for (const { imageSetId } of summaries) {
    answers.set(imageSetId, await source.getImageSet({ datastoreId, imageSetId }))
    const text = Buffer.from(await source.getImageSetMetadataDocument({ datastoreId, imageSetId })).toString()
    documents.set(imageSetId, text)
    for (const [, imageFrameId = ''] of text.matchAll(/"ID":\s*"(\w+)"/g)) {
      frames.set(imageFrameId, (await source.getImageFrame({ datastoreId, imageSetId, imageFrameId })).data)
    }
  }
  client = {
    searchImageSets: async function* () {
      yield* summaries
    },
    getImageSet: async ({ imageSetId }) => answers.get(imageSetId) ?? Promise.reject(new Error('not asked for')),
    getImageSetMetadata: async ({ imageSetId }) => parseImageSetMetadata(documents.get(imageSetId) ?? ''),
    getImageFrame: async ({ imageFrameId }) => ({
      data: Uint8Array.from(frames.get(imageFrameId) ?? []),
      contentType: 'image/jph',
    }),
  }
})
afterAll(async () => {
  await pool.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Codes of failures caused by the data. Any other code is a bug that was caught by chance. */
const codesOfData =
  /^(FRAME_|METADATA_|TRANSFER_SYNTAX_|INSTANCE_TOO_LARGE|ATTRIBUTE_NOT_WRITTEN|NOTHING_SELECTED|CODE_STREAM_)/

async function run(
  changes: Partial<ExporterClient>,
  transferSyntax: 'explicit' | 'stored',
  options: Partial<ExportOptions> = {},
): Promise<{ readonly destination: RecordingDestination; readonly summary: ExportSummary }> {
  const destination = recordingDestination()
  await using exporter = createExporter({ client: { ...client, ...changes }, frameDecoder: pool })
  const summary = await exporter.exportTo({
    datastoreId,
    selectors: 'all',
    destination,
    layout: flatLayout,
    transferSyntax,
    ...options,
  })
  expect(summary.fatal).toBeUndefined()
  const { selected, written, failed } = summary.instances
  expect(written + failed).toBe(selected)
  const others = destination.errors.filter(({ code }) => !codesOfData.test(code))
  expect(others).toEqual([])
  return { destination, summary }
}

const transferSyntax = fc.constantFrom('explicit' as const, 'stored' as const)

test('changed frames are written as they were, reported as unverified, or fail only their instance', async () => {
  const intact = {
    explicit: (await run({}, 'explicit')).destination.files,
    stored: (await run({}, 'stored')).destination.files,
  }
  expect(intact.explicit.size).toBe(4)
  const change = fc.record({ nth: fc.nat(frames.size - 1), isLasting: fc.boolean(), change: bytesChange })
  await fc.assert(
    fc.asyncProperty(transferSyntax, change, async (syntax, { nth, isLasting, change: changed }) => {
      const victim = [...frames.keys()][nth]
      let requests = 0
      const { destination, summary } = await run(
        {
          getImageFrame: async (request) => {
            const { imageFrameId } = request
            const isChanged = imageFrameId === victim && (isLasting || requests++ === 0)
            const data = frames.get(imageFrameId) ?? new Uint8Array()
            return { data: isChanged ? changed(data) : Uint8Array.from(data), contentType: 'image/jph' }
          },
        },
        syntax,
      )
      expect(summary.instances.failed).toBeLessThanOrEqual(isLasting ? 1 : 0)
      // A code stream may change in a part that does not affect the pixels. It is then written unchanged.
      const changedFiles = [...destination.files].filter(([path, file]) => {
        return Buffer.compare(file, intact[syntax].get(path) ?? Buffer.alloc(0)) !== 0
      })
      expect(changedFiles.length).toBeLessThanOrEqual(syntax === 'stored' ? 1 : 0)
      for (const { checksum, frames: count } of destination.manifest)
        expect(checksum).toBe(count === 0 ? 'none' : 'verified')
    }),
    { numRuns: 300 },
  )
})

const change = fc.oneof(
  { weight: 4, arbitrary: documentChange },
  bytesChange.map((changed) => (text: string) => Buffer.from(changed(Buffer.from(text))).toString('latin1')),
)

test('changed documents give files that pydicom reads, or errors that name the problem in the document', async () => {
  const written = mkdtempSync(join(folder, 'written-'))
  const documentOf = new Map<string, string>()
  await fc.assert(
    fc.asyncProperty(transferSyntax, fc.boolean(), change, fc.nat(3), async (syntax, headerOnly, changed, nth) => {
      const [imageSetId = '', text = ''] = [...documents][nth] ?? []
      const document = changed(text)
      const { destination } = await run({ getImageSetMetadata: async () => parseImageSetMetadata(document) }, syntax, {
        headerOnly,
        selectors: [{ imageSetId, versionId: '1' }],
      })
      for (const { path } of destination.manifest) {
        const name = `${documentOf.size}.dcm`
        documentOf.set(name, `${syntax}${headerOnly ? ', header only' : ''}: ${document}`)
        writeFileSync(join(written, name), destination.files.get(path) ?? '')
      }
    }),
    { numRuns: 2000 },
  )
  expect(documentOf.size).toBeGreaterThan(100)
  const complaints = Object.entries(complaintsOfPydicom(written))
  expect(complaints.map(([name, complaint]) => ({ complaint, of: documentOf.get(name) }))).toEqual([])
})

function complaintsOfPydicom(directory: string): Record<string, string> {
  const script = fileURLToPath(new URL('read_files.py', import.meta.url))
  const { status, stdout, stderr } = spawnSync('python3', [script, directory], { encoding: 'utf8' })
  if (status === 0) return JSON.parse(stdout)
  if (process.env['CI'] !== undefined) throw new Error(`Cannot read the files with pydicom: ${stderr}`)
  console.warn('files are not read: python3 with pydicom and numpy is not here')
  return {}
}
