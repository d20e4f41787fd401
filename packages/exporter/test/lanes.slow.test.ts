import { createAhiClient } from '@ahi-dicom/ahi-client'
import { createFormats, type FileCounts } from '@ahi-dicom/export-files'
import {
  createExporter,
  type ExporterOptions,
  type ExportOptions,
  type ExportSummary,
  type LaneModule,
  type ManifestEntry,
  type StudySelector,
} from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { createDecoderPool } from '@ahi-dicom/htj2k-decoder'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultyProxy } from './doubles/faulty-proxy.ts'
import {
  connection,
  exportedFiles,
  frameByteLength,
  laneStore,
  linesOf,
  loopSeries,
  temporaryFolder,
  withoutSharing,
  type LaneStore,
} from './doubles/lane-store.ts'
import { flatLayout } from './doubles/recording-destination.ts'
import { counter, countOf } from './lanes/fault.ts'
import type { CountingDecoderOptions } from './lanes/counting-decoder.ts'
import type { CountingDestinationOptions } from './lanes/counting-destination.ts'

const sliceCount = 12
const loopCount = 3
const loopFrames = 64
/** All instances of the store. */
const instances = sliceCount + loopCount
const frames = sliceCount + loopCount * loopFrames
/** Few enough that two lanes have work. */
const fetchConcurrency = 8
/** Room for a few frames in each lane. */
const fewBytes = 16 * frameByteLength
let store: LaneStore

beforeAll(async () => {
  store = await laneStore({ slices: sliceCount, loops: loopCount, loopFrames })
})
afterAll(() => store[Symbol.asyncDispose]())

async function run(
  directory: string,
  options: Partial<ExporterOptions>,
  job: Partial<ExportOptions> = {},
): Promise<ExportSummary> {
  const { emulator } = store
  await using exporter = createExporter({ ...connection(emulator), lanes: 2, fetchConcurrency, ...options })
  return await exporter.exportTo({
    datastoreId: emulator.datastoreId,
    selectors: 'all',
    destination: folderDestination({ directory }),
    layout: flatLayout,
    ...job,
  })
}

function moduleOf(name: string, options: unknown): LaneModule {
  return { module: new URL(`lanes/${name}.ts`, import.meta.url).href, options }
}

interface Exported {
  readonly files: ReadonlyMap<string, Buffer>
  readonly manifest: readonly ManifestEntry[]
  readonly summary: Partial<ExportSummary>
  /** Counts from the record. */
  readonly counts: Partial<FileCounts>
}

/** Exports, and returns the results that do not depend on time and order. */
async function exported(options: Partial<ExporterOptions>, job: Partial<ExportOptions> = {}): Promise<Exported> {
  await using folder = await temporaryFolder()
  const { startedAt: _, seconds: __, bytesFetched: ___, requests, ...rest } = await run(folder.path, options, job)
  expect(requests).toMatchObject({ SearchImageSets: { requests: 1, repeated: 0 } })
  const { sha256: ____, record, ...summary } = rest
  const { digests: _____, ...counts } = record ?? {}
  const manifest = linesOf<ManifestEntry>(folder.path, 'manifest')
  return {
    files: exportedFiles(folder.path),
    manifest: manifest.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    summary,
    counts,
  }
}

describe('many lanes, one lane and the main thread export the same', () => {
  test.each<[string, Partial<ExportOptions>]>([
    ['decoded', {}],
    ['as stored', { transferSyntax: 'stored' }],
    ['DICOM files and PNGs', { formats: createFormats(['dcm', 'png']) }],
    ['whole instances', { source: 'instance' }],
  ])('%s', async (_, job) => {
    const local = await exported({ client: withoutSharing(store.client) }, job)
    expect(local.summary).toMatchObject({ outcome: 'complete', instances: { written: instances } })
    expect(local.files.size).toBe(local.manifest.length)
    expect(await exported({ lanes: 1 }, job)).toEqual(local)
    expect(await exported({ lanes: 2, maxBytesInFlight: fewBytes }, job)).toEqual(local)
  })
})

test('frames of a large object are decoded by several lanes', async () => {
  await using folder = await temporaryFolder()
  const decoders = counter()
  const frameDecoder = moduleOf('counting-decoder', { decoders } satisfies CountingDecoderOptions)
  const summary = await run(folder.path, { frameDecoder }, { selectors: oneLoop() })
  expect(summary).toMatchObject({ outcome: 'complete', frames: loopFrames, unverifiedFrames: 0 })
  expect(countOf(decoders)).toBe(2)
})

test('one exporter runs two exports at a time', async () => {
  await using first = await temporaryFolder()
  await using second = await temporaryFolder()
  const { emulator } = store
  await using exporter = createExporter({ ...connection(emulator), lanes: 2, fetchConcurrency })
  const exporting = [first, second].map(({ path: directory }) =>
    exporter.exportTo({
      datastoreId: emulator.datastoreId,
      selectors: 'all',
      destination: folderDestination({ directory }),
      layout: flatLayout,
    }),
  )
  for (const summary of await Promise.all(exporting)) expect(summary.outcome).toBe('complete')
  expect(exportedFiles(first.path)).toEqual(exportedFiles(second.path))
})

interface Damage {
  /** How often each damaged frame was requested. */
  readonly ofDamaged: readonly number[]
  /** How often any other frame was requested at most. */
  readonly mostOfOthers: number
  /** Instances that failed, or were written from AHI's own file. */
  readonly failedOrReplaced: number
}

/** Exports while some frames are damaged at every request. */
async function runDamaged(
  damaged: readonly string[],
  options: Partial<ExporterOptions>,
  job: Partial<ExportOptions>,
): Promise<Damage> {
  await using folder = await temporaryFolder()
  await using proxy = await faultyProxy(store.emulator.endpoint, ({ imageFrameId = '' }) =>
    damaged.includes(imageFrameId) ? 'corrupted' : undefined,
  )
  await using client = createAhiClient(connection(proxy))
  const summary = await run(folder.path, { client, ...options }, job)
  const requests = new Map<string, number>()
  for (const { imageFrameId } of proxy.requests) {
    if (imageFrameId !== undefined) requests.set(imageFrameId, (requests.get(imageFrameId) ?? 0) + 1)
  }
  const others = [...requests].filter(([imageFrameId]) => !damaged.includes(imageFrameId))
  return {
    ofDamaged: damaged.map((imageFrameId) => requests.get(imageFrameId) ?? 0),
    mostOfOthers: Math.max(...others.map(([, count]) => count)),
    failedOrReplaced: summary.instances.failed + (summary.warnings['WHOLE_INSTANCE_USED'] ?? 0),
  }
}

/** Expects two requests for each damaged frame, one for any other, and no damaged frame in a file. */
function twoRequests(damaged: readonly string[]): Damage {
  return { ofDamaged: damaged.map(() => 2), mostOfOthers: 1, failedOrReplaced: damaged.length }
}

/** Selects one multi-frame object. */
function oneLoop(): readonly StudySelector[] {
  const sopInstanceUid = store.loops[0]?.sopInstanceUid
  return [{ studyInstanceUid: '1.2.3', seriesInstanceUid: loopSeries, sopInstanceUid }]
}

describe('a frame that stays damaged costs two requests', () => {
  const modes: readonly [string, Partial<ExportOptions>][] = [
    ['decoded', {}],
    ['decoded, whether stored frames are verified or not', { verifyFrames: false }],
    ['as stored', { transferSyntax: 'stored' }],
    ['PNGs', { formats: createFormats(['png']) }],
    ['DICOM files and PNGs', { formats: createFormats(['dcm', 'png']) }],
  ]

  /** Returns the first, a middle and the last frame of one object each, and the frame of one single-frame instance. */
  function everywhere(): readonly string[] {
    const [first, second, third] = store.loops
    const middle = second?.imageFrameIds[loopFrames / 2]
    const frames = [first?.imageFrameIds[0], middle, third?.imageFrameIds.at(-1), store.slices[5]?.imageFrameIds[0]]
    return frames.filter((imageFrameId) => imageFrameId !== undefined)
  }

  test.each(modes)('in any position, %s', async (_, job) => {
    expect(await runDamaged(everywhere(), {}, job)).toEqual(twoRequests(everywhere()))
  })

  test.each(modes)('in any position, in the main thread, %s', async (_, job) => {
    await using frameDecoder = createDecoderPool({ threads: 1 })
    expect(await runDamaged(everywhere(), { frameDecoder }, job)).toEqual(twoRequests(everywhere()))
  })

  const positions = [
    ['middle', loopFrames / 2],
    ['last', loopFrames - 1],
  ] as const

  test.each(positions)('the %s frame of an object that several lanes read', async (_, index) => {
    const damaged = [store.loops[0]?.imageFrameIds[index] ?? '']
    expect(await runDamaged(damaged, {}, { selectors: oneLoop() })).toEqual(twoRequests(damaged))
    const stored = { transferSyntax: 'stored', selectors: oneLoop() } as const
    expect(await runDamaged(damaged, {}, stored)).toEqual(twoRequests(damaged))
  })
})

describe('unnecessary work is not done', () => {
  test('stored frames that are not verified are not decoded', async () => {
    await using folder = await temporaryFolder()
    const calls = counter()
    const frameDecoder = moduleOf('counting-decoder', { calls } satisfies CountingDecoderOptions)
    const summary = await run(folder.path, { frameDecoder }, { transferSyntax: 'stored', verifyFrames: false })
    expect(summary).toMatchObject({ outcome: 'complete', frames, unverifiedFrames: frames })
    expect(countOf(calls)).toBe(0)
  })

  test.each(['explicit', 'stored'] as const)('%s frames are decoded once', async (transferSyntax) => {
    await using folder = await temporaryFolder()
    const calls = counter()
    const frameDecoder = moduleOf('counting-decoder', { calls } satisfies CountingDecoderOptions)
    const summary = await run(folder.path, { frameDecoder }, { transferSyntax })
    expect(summary).toMatchObject({ outcome: 'complete', unverifiedFrames: 0 })
    expect(countOf(calls)).toBe(frames)
  })

  test('headers only: no frame is fetched', async () => {
    await using folder = await temporaryFolder()
    store.emulator.resetCounters()
    const summary = await run(folder.path, {}, { headerOnly: true })
    expect(summary).toMatchObject({ outcome: 'complete', instances: { written: instances }, frames: 0 })
    const { GetImageFrame, GetDICOMInstance } = store.emulator.counters().requests
    expect({ GetImageFrame, GetDICOMInstance }).toEqual({ GetImageFrame: undefined, GetDICOMInstance: undefined })
  })
})

describe('memory', () => {
  const stored = 2 * frameByteLength

  test('decoded frames that are not written stay within the limit, or belong to one instance', async () => {
    await using folder = await temporaryFolder()
    const [held, most] = [counter(), counter()]
    const frameDecoder = moduleOf('counting-decoder', { held, most } satisfies CountingDecoderOptions)
    const { path: directory } = folder
    const lane = moduleOf('counting-destination', {
      directory,
      frameByteLength,
      held,
    } satisfies CountingDestinationOptions)
    const maxBytesInFlight = 6 * (frameByteLength + stored)
    const summary = await run(
      directory,
      { frameDecoder, maxBytesInFlight },
      { destination: { ...folderDestination({ directory }), lane } },
    )
    expect(summary.outcome).toBe('complete')
    expect(countOf(held)).toBe(0)
    expect(countOf(most)).toBeLessThanOrEqual(maxBytesInFlight + frameByteLength)
  })

  test('is taken back from every written frame', async () => {
    await using folder = await temporaryFolder()
    const takenBack = counter()
    const { path: directory } = folder
    const options: CountingDestinationOptions = { directory, frameByteLength, takenBack }
    const lane = moduleOf('counting-destination', options)
    const summary = await run(directory, { lanes: 1 }, { destination: { ...folderDestination({ directory }), lane } })
    expect(summary).toMatchObject({ outcome: 'complete', frames })
    expect(countOf(takenBack)).toBe(frames)
  })
})
