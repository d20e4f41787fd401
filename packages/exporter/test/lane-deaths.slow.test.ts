import { crc32 } from 'node:zlib'
import { createAhiClient } from '@ahi-dicom/ahi-client'
import { dcmFormat } from '@ahi-dicom/export-files'
import {
  createExporter,
  type ErrorEntry,
  type ExporterOptions,
  type ExportOptions,
  type ExportSummary,
  type LaneModule,
  type ManifestEntry,
} from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultyProxy } from './doubles/faulty-proxy.ts'
import {
  connection,
  exportedFiles,
  laneStore,
  linesOf,
  sliceSeries,
  temporaryFolder,
  withoutSharing,
  type HeldInstance,
  type LaneStore,
} from './doubles/lane-store.ts'
import { flatLayout } from './doubles/recording-destination.ts'
import { countChanged, counter, type LaneFault } from './lanes/fault.ts'
import type { FaultyDecoderOptions } from './lanes/faulty-decoder.ts'
import type { FaultyDestinationOptions } from './lanes/faulty-destination.ts'
import type { FaultyFormatOptions } from './lanes/faulty-format.ts'

const sliceCount = 12
/** Few enough that two lanes have work. */
const fetchConcurrency = 8
/** Far longer than any frame takes, even on a busy machine. */
const decodeTimeoutMs = 3000
let store: LaneStore
let victim: HeldInstance
/** CRC-32 of the victim's stored frame. */
let victimFrame: number

beforeAll(async () => {
  store = await laneStore({ slices: sliceCount, loops: 1, loopFrames: 48 })
  const [, , , , fifth] = store.slices
  if (fifth === undefined) throw new TypeError('no fifth slice')
  victim = fifth
  victimFrame = await checksumOf(fifth, 0)
})
afterAll(() => store[Symbol.asyncDispose]())

/** Returns the CRC-32 of a stored frame. */
async function checksumOf({ imageSetId, imageFrameIds }: HeldInstance, index: number): Promise<number> {
  const { datastoreId } = store.emulator
  const frame = { datastoreId, imageSetId, imageFrameId: imageFrameIds[index] ?? '' }
  return crc32((await store.client.getImageFrame(frame)).data)
}

interface Run {
  readonly summary: ExportSummary
  readonly errors: readonly ErrorEntry[]
  readonly manifest: readonly ManifestEntry[]
}

/** Exports the slices into a folder. */
async function run(
  directory: string,
  options: Partial<ExporterOptions> = {},
  job: Partial<ExportOptions> = {},
): Promise<Run> {
  const { emulator } = store
  await using exporter = createExporter({
    ...connection(emulator),
    lanes: 2,
    fetchConcurrency,
    decodeTimeoutMs,
    ...options,
  })
  const summary = await exporter.exportTo({
    datastoreId: emulator.datastoreId,
    selectors: [{ studyInstanceUid: '1.2.3', seriesInstanceUid: sliceSeries }],
    destination: folderDestination({ directory }),
    layout: flatLayout,
    ...job,
  })
  const { selected, written, skipped, failed, unfinished } = summary.instances
  expect(written + skipped + failed + unfinished).toBe(selected)
  return { summary, errors: linesOf(directory, 'errors'), manifest: linesOf(directory, 'manifest') }
}

function moduleOf(name: string, options: unknown): LaneModule {
  return { module: new URL(`lanes/${name}.ts`, import.meta.url).href, options }
}

/** Settings of an export. They make a lane crash at one stage of the victim. */
type Stage = (
  directory: string,
  fault: LaneFault,
) => { exporter?: Partial<ExporterOptions>; job?: Partial<ExportOptions> }

function decoder(stage: FaultyDecoderOptions['stage'], frame?: number): Stage {
  return (_, fault) => {
    const options: FaultyDecoderOptions = { stage, fault, victim: frame ?? victimFrame }
    return { exporter: { frameDecoder: moduleOf('faulty-decoder', options) } }
  }
}

function destination(stage: FaultyDestinationOptions['stage']): Stage {
  return (directory, fault) => {
    const options: FaultyDestinationOptions = { directory, stage, fault, victim: `${victim.sopInstanceUid}.dcm` }
    const lane = moduleOf('faulty-destination', options)
    return { job: { destination: { ...folderDestination({ directory }), lane } } }
  }
}

const encoding: Stage = (_, fault) => {
  const options: FaultyFormatOptions = { victim: victim.sopInstanceUid, fault }
  return { job: { formats: [{ ...dcmFormat(), lane: moduleOf('faulty-format', options) }] } }
}

/** Expects that only the victim is missing and named, and that a later export adds it. */
async function expectOnlyVictimFails({ summary, errors }: Run, directory: string, code: string): Promise<void> {
  expect(summary).toMatchObject({
    outcome: 'failed',
    instances: { selected: sliceCount, written: sliceCount - 1, failed: 1, unfinished: 0 },
    errors: { [code]: 1 },
  })
  const { sopInstanceUid, imageSetId } = victim
  expect(errors).toMatchObject([{ code, sopInstanceUid, imageSetId }])
  const others = store.slices.filter((slice) => slice !== victim).map((slice) => `${slice.sopInstanceUid}.dcm`)
  expect([...exportedFiles(directory).keys()]).toEqual(others.toSorted())
  await expectResumes(directory, 1)
}

/** Expects that a later export in the main thread writes the missing files and leaves no unfinished ones. */
async function expectResumes(directory: string, missing?: number): Promise<void> {
  const client = withoutSharing(store.client)
  const { summary } = await run(directory, { client, lanes: 1 }, { mode: 'resume' })
  const { written } = summary.instances
  expect(summary).toMatchObject({ outcome: 'complete', errors: {} })
  expect(summary.instances).toMatchObject({ written: missing ?? written, skipped: sliceCount - (missing ?? written) })
  expect([...exportedFiles(directory).keys()]).toEqual(
    store.slices.map(({ sopInstanceUid }) => `${sopInstanceUid}.dcm`).toSorted(),
  )
}

test.each([
  ['decodes a frame', 'exit', decoder('decoding')],
  ['decodes a frame, by an uncaught error', 'throw', decoder('decoding')],
  ['checks a frame', 'exit', decoder('checking')],
  ['encodes an instance', 'exit', encoding],
  ['begins to write a file', 'throw', destination('before')],
  ['hashes and writes a file', 'exit', destination('within')],
] as const)(
  'if a lane crashes each time it %s, the instance is reported and all others are exported',
  async (_, kind, stage) => {
    await using folder = await temporaryFolder()
    const { exporter, job } = stage(folder.path, { kind })
    const result = await run(folder.path, exporter, job)
    expect(result.errors).toMatchObject([{ message: expect.stringMatching(/^Cannot export in a thread/) }])
    await expectOnlyVictimFails(result, folder.path, 'LANE_FAILED')
  },
)

test.each([
  ['decodes a frame', decoder('decoding')],
  ['hashes and writes a file', destination('within')],
])('if a lane crashes once while it %s, everything is exported', async (_, stage) => {
  await using folder = await temporaryFolder()
  const { exporter, job } = stage(folder.path, { kind: 'exit', left: counter(1) })
  const { summary, errors, manifest } = await run(folder.path, exporter, job)
  expect(summary).toMatchObject({ outcome: 'complete', instances: { written: sliceCount } })
  expect({ errors, files: manifest.length }).toEqual({ errors: [], files: sliceCount })
  expect(exportedFiles(folder.path).size).toBe(sliceCount)
})

test('if a lane crashes after it has written a file and before it reports it, the file is written again', async () => {
  await using folder = await temporaryFolder()
  const { job } = destination('behind')(folder.path, { kind: 'exit', left: counter(1) })
  const { summary, manifest } = await run(folder.path, {}, job)
  expect(summary).toMatchObject({ outcome: 'complete', instances: { written: sliceCount } })
  expect(manifest.map(({ path }) => path).toSorted()).toEqual([...exportedFiles(folder.path).keys()])
})

test('if a lane crashes while it fetches a frame for another lane, that instance is exported', async () => {
  await using folder = await temporaryFolder()
  const [first] = store.slices
  const asked = Promise.withResolvers<void>()
  let isFirst = true
  await using proxy = await faultyProxy(store.emulator.endpoint, async ({ imageFrameId }) => {
    if (imageFrameId === victim.imageFrameIds[0]) await asked.promise
    if (imageFrameId !== first?.imageFrameIds[0] || !isFirst) return undefined
    isFirst = false
    asked.resolve()
    return 'hanging'
  })
  await using client = createAhiClient(connection(proxy))
  const { exporter } = decoder('decoding')(folder.path, { kind: 'exit' })
  const result = await run(folder.path, { ...exporter, client, lanes: 1 })
  expect(proxy.requests.filter(({ imageFrameId }) => imageFrameId === first?.imageFrameIds[0])).toHaveLength(2)
  await expectOnlyVictimFails(result, folder.path, 'LANE_FAILED')
})

test.concurrent.each(['loop', 'stall'] as const)(
  'if a decoder hangs on a frame (%s), the frame is reported',
  async (kind) => {
    await using folder = await temporaryFolder()
    const { exporter } = decoder('decoding')(folder.path, { kind })
    const result = await run(folder.path, exporter)
    expect(result.errors).toMatchObject([{ imageFrameId: victim.imageFrameIds[0] }])
    await expectOnlyVictimFails(result, folder.path, 'DECODE_TIMEOUT')
  },
)

test.each([
  ['dies', 'exit', 'LANE_FAILED'],
  ['hangs', 'block', 'DECODE_TIMEOUT'],
] as const)('a frame of a large object with which every lane that reads it %s', async (_, kind, code) => {
  await using folder = await temporaryFolder()
  const [loop] = store.loops
  if (loop === undefined) throw new TypeError('no object of many frames')
  const { exporter } = decoder('decoding', await checksumOf(loop, 24))(folder.path, { kind })
  const { summary, errors } = await run(folder.path, exporter, { selectors: 'all' })
  expect(summary).toMatchObject({ outcome: 'failed', instances: { written: sliceCount, failed: 1, unfinished: 0 } })
  const frame = kind === 'block' ? { imageFrameId: loop.imageFrameIds[24] } : {}
  expect(errors).toMatchObject([{ code, sopInstanceUid: loop.sopInstanceUid, ...frame }])
  await expectResumes(folder.path)
})

describe('lanes that cannot start end the job', () => {
  const code = 'ERR_MODULE_NOT_FOUND'
  test.each<[string, string, (directory: string) => ReturnType<Stage>]>([
    [
      'a destination whose module does not exist',
      code,
      (directory) => ({
        job: { destination: { ...folderDestination({ directory }), lane: moduleOf('nothing-here', { directory }) } },
      }),
    ],
    ['a decoder that cannot be created', 'TypeError', (directory) => decoder('made')(directory, { kind: 'exit' })],
    ['a module that ends the thread', 'LANE_FAILED', () => ({ exporter: { frameDecoder: moduleOf('unusable', {}) } })],
    ['a module without a maker', 'TypeError', () => ({ exporter: { frameDecoder: moduleOf('fault', {}) } })],
    [
      'a lane module that does not exist',
      'LANE_FAILED',
      () => ({ exporter: { laneUrl: moduleOf('nothing-here', {}).module } }),
    ],
  ])('%s', async (_, expected, stage) => {
    await using folder = await temporaryFolder()
    const { exporter, job } = stage(folder.path)
    const { summary, errors } = await run(folder.path, { lanes: 1, ...exporter }, job)
    expect(summary).toMatchObject({ outcome: 'fatal', fatal: { code: expected }, instances: { written: 0 } })
    expect(errors).toEqual([])
    await expectResumes(folder.path)
  })

  test('lanes that cannot reach the service', async () => {
    await using folder = await temporaryFolder()
    const client = {
      ...store.client,
      shareAccess: () => Promise.reject(Object.assign(new Error('No credentials'), { code: 'AHI_CREDENTIALS' })),
    }
    const { summary } = await run(folder.path, { client })
    expect(summary).toMatchObject({ outcome: 'fatal', fatal: { code: 'AHI_CREDENTIALS' } })
  })
})

test('a writer that cannot be closed is a fatal failure', async () => {
  await using folder = await temporaryFolder()
  const { job } = destination('closing')(folder.path, { kind: 'exit' })
  const { summary } = await run(folder.path, {}, job)
  expect(summary).toMatchObject({
    outcome: 'fatal',
    fatal: { message: 'Cannot close' },
    instances: { written: sliceCount },
  })
})

test('an abort leaves complete files, and the rest can be resumed', async () => {
  await using folder = await temporaryFolder()
  const controller = new AbortController()
  const { summary, manifest } = await run(
    folder.path,
    { fetchConcurrency: 2 },
    {
      signal: controller.signal,
      onProgress: ({ instances }) => void (instances.done >= 2 && controller.abort(new Error('enough'))),
    },
  )
  expect(summary).toMatchObject({ outcome: 'interrupted', instances: { failed: 0 }, errors: {} })
  expect(summary.instances.unfinished).toBeGreaterThan(0)
  expect([...exportedFiles(folder.path).keys()]).toEqual(manifest.map(({ path }) => path).toSorted())
  await expectResumes(folder.path, sliceCount - manifest.length)
})

test.concurrent('an abort ends lanes that do not listen', async () => {
  await using folder = await temporaryFolder()
  const controller = new AbortController()
  const left = counter(1)
  void countChanged(left).then(() => controller.abort(new Error('enough')))
  const { job } = destination('before')(folder.path, { kind: 'block', left })
  const { summary } = await run(folder.path, {}, { ...job, signal: controller.signal })
  expect(summary.outcome).toBe('interrupted')
  await expectResumes(folder.path)
})

test('the destination flushes files of a crashed lane before the flush is recorded', async () => {
  await using folder = await temporaryFolder()
  const { path: directory } = folder
  const folderOf = folderDestination({ directory })
  const { job } = destination('before')(directory, { kind: 'exit', left: counter(1) })
  const lane = job?.destination?.lane
  const flushed = new Set<string>()
  /** Paths that the destination had flushed itself when the last note was written. */
  let noted: ReadonlySet<string> = new Set()
  const watched = {
    ...folderOf,
    lane,
    async flush(others: Iterable<string> = []) {
      const paths = [...others]
      await folderOf.flush?.(paths)
      for (const path of paths) flushed.add(path)
    },
    record: {
      ...folderOf.record,
      async write(name: string, bytes: Uint8Array) {
        if (name === 'flushed.json') noted = new Set(flushed)
        await folderOf.record.write(name, bytes)
      },
    },
  }
  const { summary, manifest } = await run(directory, { lanes: 1 }, { destination: watched, instanceConcurrency: 1 })
  expect(summary).toMatchObject({ outcome: 'complete', instances: { written: sliceCount } })
  expect([...noted].toSorted()).toEqual(manifest.map(({ path }) => path).toSorted())
})
