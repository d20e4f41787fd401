import { createAhiClient } from '@ahi-dicom/ahi-client'
import { generateStudy, startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import {
  createExporter,
  equalsFilter,
  type ErrorEntry,
  type Exporter,
  type ExportOptions,
  type ExportPlan,
  type ExportSummary,
  type PlannedImageSet,
  type PlanProgress,
} from '@ahi-dicom/exporter'
import { createFormats, memoryRecord, pngFormat, type FreeSpace } from '@ahi-dicom/export-files'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AhiErrorDouble, clientDouble, decoderDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { recordingDestination } from './doubles/recording-destination.ts'
import { smallFiles } from './doubles/small-files.ts'

const connection = { region: 'us-east-1', credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' } }

let emulator: Emulator
let client: ReturnType<typeof createAhiClient>
let exporter: Exporter

/**
 * Several studies: slices, a colour cine, reports, one bit per sample, multi-frames, videos, and more than a page of
 * image sets.
 */
beforeAll(async () => {
  emulator = await startEmulator()
  const generated = [...generateStudy({ ctSlices: 4, ultrasoundFrames: 5 })].map(({ data }) => data)
  const { rejected } = await emulator.importDicom([...generated, ...smallFiles()])
  if (rejected.length > 0) throw new Error(`Cannot import: ${JSON.stringify(rejected)}`)
  const small = { rows: 32, columns: 32 }
  await emulator.addSyntheticImageSets({ imageSets: 55, ...small })
  await emulator.addSyntheticImageSets({ imageSets: 2, instances: 2, frames: 7, ...small, seed: 2 })
  await emulator.addSyntheticImageSets({ imageSets: 1, instances: 1, frames: 3, samplesPerPixel: 3, ...small, seed: 3 })
  await emulator.addSyntheticImageSets({ imageSets: 1, instances: 2, videoByteLength: 100_001, seed: 4 })
  client = createAhiClient({ ...connection, endpoint: emulator.endpoint })
  exporter = createExporter({ client, lanes: 1 })
})

afterAll(async () => {
  await exporter.close()
  await client.close()
  await emulator.close()
})

type Shape = Partial<Omit<ExportOptions, 'destination' | 'onProgress'>>

/**
 * Returns the requests since the last call. AHI refuses to send videos decoded (406). They are then requested as
 * stored.
 */
function sent(): Record<string, number> {
  const { requests } = emulator.counters()
  const totals = Object.entries(requests).map(([operation, statuses]): [string, number] => [
    operation,
    Object.entries(statuses).reduce((sum, [status, count]) => (status === '406' ? sum : sum + count), 0),
  ])
  emulator.resetCounters()
  return Object.fromEntries(totals)
}

interface Both {
  readonly plan: ExportPlan
  readonly imageSets: readonly PlannedImageSet[]
  readonly failures: readonly ErrorEntry[]
  readonly summary: ExportSummary
  /** Requests of the plan. */
  readonly planning: Record<string, number>
  readonly exporting: Record<string, number>
}

async function planAndExport(options: Shape = {}): Promise<Both> {
  const job = { datastoreId: emulator.datastoreId, selectors: 'all', ...options } as const
  const imageSets: PlannedImageSet[] = []
  const failures: ErrorEntry[] = []
  emulator.resetCounters()
  const plan = await exporter.plan({
    ...job,
    onImageSet: (imageSet) => void imageSets.push(imageSet),
    onFailure: (failure) => void failures.push(failure),
  })
  const planning = sent()
  const summary = await exporter.exportTo({ ...job, destination: recordingDestination() })
  return { plan, imageSets, failures, summary, planning, exporting: sent() }
}

describe('a plan predicts the export', () => {
  test.each<[string, Shape, 'all' | 'one']>([
    ['decoded', {}, 'all'],
    ['without pixels', { headerOnly: true }, 'all'],
    ['without pixels, from whole instances', { headerOnly: true, source: 'instance' }, 'all'],
    ['one image set by its id', {}, 'one'],
  ])('%s', async (_title, shape, selected) => {
    const selectors = selected === 'all' ? selected : [{ imageSetId: await someImageSet() }]
    const { plan, summary, planning, exporting } = await planAndExport({ ...shape, selectors })
    expect(summary.outcome).toBe('complete')
    expect(plan).toMatchObject({
      imageSets: summary.imageSets,
      instances: summary.instances.written,
      duplicates: summary.duplicates,
      failedInstances: 0,
      frames: summary.frames,
      bytesToFetch: { bytes: summary.bytesFetched, accuracy: 'exact' },
      bytesToWrite: { bytes: summary.bytesWritten, accuracy: 'exact' },
      files: { dcm: { files: summary.files, bytes: summary.bytesWritten, accuracy: 'exact' } },
      errors: {},
      requests: exporting,
    })
    expect(Object.keys(planning)).not.toContain('GetImageFrame')
    expect(planning).toEqual(withoutFrames(exporting))
  })

  test('as stored: the colour attributes come from code streams, which adds some bytes', async () => {
    const { plan, summary, exporting } = await planAndExport({ transferSyntax: 'stored' })
    expect(summary.outcome).toBe('complete')
    expect(plan.bytesToFetch).toEqual({ bytes: summary.bytesFetched, accuracy: 'exact' })
    expect(plan.bytesToWrite.accuracy).toBe('estimated')
    expect(Math.abs(plan.bytesToWrite.bytes - summary.bytesWritten)).toBeLessThan(100)
    expect(plan.requests).toEqual(exporting)
    const grey = await planAndExport({ transferSyntax: 'stored', selectors: [{ imageSetId: await someImageSet() }] })
    expect(grey.plan.bytesToWrite).toEqual({ bytes: grey.summary.bytesWritten, accuracy: 'exact' })
  })

  test('pictures: their number is exact, their bytes are an upper limit', async () => {
    const selectors = await imageSetsWithPictures()
    const formats = createFormats(['dcm', 'png'])
    const { plan, summary, exporting } = await planAndExport({ selectors, formats })
    expect(summary.outcome).toBe('complete')
    expect(plan.files['png']?.files).toBe(summary.files - (plan.files['dcm']?.files ?? 0))
    expect(plan.bytesToFetch).toEqual({ bytes: summary.bytesFetched, accuracy: 'exact' })
    expect(plan.bytesToWrite.accuracy).toBe('at-most')
    expect(plan.bytesToWrite.bytes).toBeGreaterThan(summary.bytesWritten)
    expect(plan.requests).toEqual(exporting)
  })

  test('only pictures, of some frames', async () => {
    const selectors = await imageSetsWithPictures()
    const { plan, summary, exporting } = await planAndExport({ selectors, formats: [pngFormat({ frames: [0] })] })
    expect(summary.outcome).toBe('complete')
    expect(plan).toMatchObject({ frames: summary.frames, files: { png: { files: summary.files } } })
    expect(plan.bytesToFetch).toEqual({ bytes: summary.bytesFetched, accuracy: 'exact' })
    expect(plan.requests).toEqual(exporting)
  })

  test('frames that do not fit into memory together are fetched for each format', async () => {
    await using narrow = createExporter({ client, lanes: 1, maxBytesInFlight: 4000 })
    const job = { datastoreId: emulator.datastoreId, selectors: await imageSetsWithPictures() }
    const formats = createFormats(['dcm', 'png'])
    const plan = await narrow.plan({ ...job, formats })
    sent()
    const summary = await narrow.exportTo({ ...job, formats, destination: recordingDestination() })
    expect(summary.outcome).toBe('complete')
    expect(plan.requests).toEqual(sent())
    expect(plan.requests['GetImageFrame']).toBeGreaterThan(plan.frames)
    expect(plan.bytesToFetch.bytes).toBe(summary.bytesFetched)
  })

  test('whole instances: their number is exact, their bytes are estimated', async () => {
    const { plan, summary, exporting } = await planAndExport({ source: 'instance' })
    expect(summary.errors).toEqual({})
    expect(plan.instances).toBe(summary.instances.written)
    expect(plan.requests).toEqual(exporting)
    expect(plan.bytesToFetch.accuracy).toBe('estimated')
    expect(plan.bytesToFetch.bytes / summary.bytesFetched).toBeCloseTo(1, 1)
    expect(plan.bytesToWrite.bytes / summary.bytesWritten).toBeCloseTo(1, 1)
  })
})

test('pictures of whole instances: requests are exact', async () => {
  const options = { selectors: await imageSetsWithPictures(), source: 'instance' } as const
  const both = await planAndExport({ ...options, formats: createFormats(['dcm', 'png']) })
  expect(both.summary.errors).toEqual({})
  expect(both.plan.requests).toEqual(both.exporting)
  const pictures = await planAndExport({ ...options, formats: createFormats(['png']) })
  expect(pictures.plan.requests).toEqual(pictures.exporting)
})

test('documents of 2023 do not name the stored syntax: bytes are estimated, the rest is exact', async () => {
  await using ahi = await startEmulator()
  const files = [...generateStudy({ ctSlices: 3, ultrasoundFrames: 3 })].map(({ data }) => data)
  await ahi.importDicom(files, { documentForm: '2023' })
  await using old = createAhiClient({ ...connection, endpoint: ahi.endpoint })
  await using own = createExporter({ client: old, lanes: 1 })
  for (const headerOnly of [false, true]) {
    const job = { datastoreId: ahi.datastoreId, selectors: 'all', headerOnly } as const
    const plan = await own.plan(job)
    ahi.resetCounters()
    const summary = await own.exportTo({ ...job, destination: recordingDestination() })
    expect(summary.errors).toEqual({})
    const sentByExport = Object.entries(ahi.counters().requests).map(([name, statuses]) => [name, statuses['200']])
    expect(plan.requests).toEqual(Object.fromEntries(sentByExport))
    expect(plan).toMatchObject({ instances: summary.instances.written, frames: summary.frames })
    expect(plan.bytesToFetch.accuracy).toBe(headerOnly ? 'exact' : 'estimated')
    expect(plan.bytesToFetch.bytes).toBeGreaterThanOrEqual(summary.bytesFetched)
    expect(plan.bytesToWrite).toEqual({ bytes: summary.bytesWritten, accuracy: headerOnly ? 'exact' : 'estimated' })
  }
})

test('the deciding step of each filter is returned, and the numbers count only matches', async () => {
  const filters = [equalsFilter('Modality', ['CT']), equalsFilter('InstanceNumber', ['1', '2'])]
  const { plan, summary, exporting } = await planAndExport({ filters })
  expect(summary).toMatchObject({ outcome: 'complete', instances: { written: 2 } })
  expect(plan).toMatchObject({
    selection: {
      filters: [
        { name: filters[0]?.name, decidedBy: 'summary' },
        { name: filters[1]?.name, decidedBy: 'document' },
      ],
    },
    imageSets: summary.imageSets,
    instances: 2,
    bytesToFetch: { bytes: summary.bytesFetched, accuracy: 'exact' },
    bytesToWrite: { bytes: summary.bytesWritten, accuracy: 'exact' },
    requests: exporting,
  })
})

test('image sets are reported one by one, and add up to the totals', async () => {
  const { plan, imageSets } = await planAndExport()
  expect(imageSets).toHaveLength(plan.imageSets.selected)
  const sum = (of: (imageSet: PlannedImageSet) => number): number =>
    imageSets.reduce((total, imageSet) => total + of(imageSet), 0)
  expect(sum(({ instances }) => instances)).toBe(plan.instances)
  expect(sum(({ frames }) => frames)).toBe(plan.frames)
  expect(sum(({ bytesToFetch }) => bytesToFetch.bytes)).toBe(plan.bytesToFetch.bytes)
  expect(sum(({ bytesToWrite }) => bytesToWrite.bytes)).toBe(plan.bytesToWrite.bytes)
  expect(new Set(imageSets.map(({ studyInstanceUid }) => studyInstanceUid)).size).toBe(plan.studies)
  expect(new Set(imageSets.flatMap(({ seriesInstanceUids }) => seriesInstanceUids)).size).toBe(plan.series)
  expect(plan.storageTiers).toEqual({ FREQUENT_ACCESS: imageSets.length })
})

test('progress ends at the number of selected image sets', async () => {
  const states: PlanProgress[] = []
  const plan = await exporter.plan({
    datastoreId: emulator.datastoreId,
    selectors: 'all',
    onProgress: (state) => void states.push(state),
  })
  const { selected } = plan.imageSets
  expect(states.at(-1)).toEqual({
    imageSets: { done: selected, total: selected },
    isTotalKnown: true,
    instances: plan.instances,
    frames: plan.frames,
  })
})

test('a signal ends a plan', async () => {
  const ended = new AbortController()
  const planned = exporter.plan({
    datastoreId: emulator.datastoreId,
    selectors: 'all',
    signal: ended.signal,
    onImageSet: () => ended.abort(new Error('enough')),
  })
  await expect(planned).rejects.toThrow('enough')
})

describe('storage tiers', () => {
  test('image sets not read for a month are archived, and reading moves them', async () => {
    const clock = { now: Date.now() }
    await using ahi = await startEmulator({ now: () => clock.now })
    await ahi.addSyntheticImageSets({ imageSets: 3, rows: 8, columns: 8 })
    clock.now += 40 * 24 * 3600 * 1000
    await using archive = createAhiClient({ ...connection, endpoint: ahi.endpoint })
    await using own = createExporter({ client: archive })
    const job = { datastoreId: ahi.datastoreId, selectors: 'all' } as const
    expect(await own.plan(job)).toMatchObject({
      storageTiers: { ARCHIVE_INSTANT_ACCESS: 3 },
      archivedBytes: 3 * 5 * 2 ** 20,
    })
    expect(await own.plan(job)).toMatchObject({ storageTiers: { FREQUENT_ACCESS: 3 }, archivedBytes: 0 })
  })

  test('are reported for image sets selected by their ids', async () => {
    await using ahi = await startEmulator()
    await ahi.addSyntheticImageSets({ imageSets: 3, rows: 8, columns: 8 })
    await using client = createAhiClient({ ...connection, endpoint: ahi.endpoint })
    await using own = createExporter({ client })
    const selectors: { imageSetId: string }[] = []
    for await (const { imageSetId } of client.searchImageSets({ datastoreId: ahi.datastoreId })) {
      selectors.push({ imageSetId })
    }
    const tiers: unknown[] = []
    const plan = await own.plan({
      datastoreId: ahi.datastoreId,
      selectors,
      onImageSet: ({ storageTier }) => void tiers.push(storageTier),
    })
    expect(plan.storageTiers).toEqual({ FREQUENT_ACCESS: 3 })
    expect(tiers).toEqual(['FREQUENT_ACCESS', 'FREQUENT_ACCESS', 'FREQUENT_ACCESS'])
  })

  test('are unknown if AHI does not return them', async () => {
    await using own = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
    expect(await own.plan({ datastoreId, selectors: 'all' })).toMatchObject({ storageTiers: { unknown: 2 } })
  })
})

const [idA, idB] = ['a'.repeat(32), 'b'.repeat(32)]

/** Two image sets. The second one contains an instance of the first. */
const study = [
  makeImageSet({ imageSetId: idA, instances: { '1.1': {}, '1.2': { frames: 5 } } }),
  makeImageSet({ imageSetId: idB, instances: { '1.1': {}, '2.1': { frames: 0 } } }),
]

describe('failures', () => {
  test('are counted and reported as by an export, and the rest is planned', async () => {
    const failing = clientDouble(study, {
      metadata: async (imageSetId) => {
        if (imageSetId === idA) throw new AhiErrorDouble('AHI_UNAVAILABLE', true)
      },
    })
    await using own = createExporter({ client: failing, frameDecoder: decoderDouble() })
    const failures: ErrorEntry[] = []
    const job = { datastoreId, selectors: [{ studyInstanceUid: '1.2.3' }, { studyInstanceUid: '9.9' }] }
    const plan = await own.plan({ ...job, onFailure: (failure) => void failures.push(failure) })
    const summary = await own.exportTo({ ...job, destination: recordingDestination() })
    expect(plan).toMatchObject({
      imageSets: summary.imageSets,
      instances: summary.instances.written,
      errors: summary.errors,
      retryableOnly: summary.retryableOnly,
    })
    expect(failures).toMatchObject([
      { code: 'AHI_UNAVAILABLE', imageSetId: idA },
      { code: 'NOTHING_SELECTED', studyInstanceUid: '9.9' },
    ])
  })

  test('an instance that cannot be written is reported', async () => {
    const imageSet = makeImageSet({ imageSetId: idA, instances: { '1.1': {}, '1.2': { frames: 2 } } })
    const series = imageSet.metadata.Study.Series['1.2.3.4']
    const damaged = series?.Instances['1.2']
    if (damaged === undefined) throw new Error('Expected an instance')
    Object.assign(damaged.DICOM, { NumberOfFrames: '3' })
    await using own = createExporter({ client: clientDouble([imageSet]), frameDecoder: decoderDouble() })
    const failures: ErrorEntry[] = []
    const job = { datastoreId, selectors: 'all' } as const
    const plan = await own.plan({ ...job, onFailure: (failure) => void failures.push(failure) })
    const summary = await own.exportTo({ ...job, destination: recordingDestination() })
    expect(summary.instances).toMatchObject({ written: 1, failed: 1 })
    expect(plan).toMatchObject({ instances: 2, failedInstances: 1, errors: summary.errors })
    expect(failures).toMatchObject([{ sopInstanceUid: '1.2', imageSetId: idA, code: 'FRAME_MISMATCH' }])
    expect(plan.bytesToWrite.bytes).toBe(summary.bytesWritten)
  })

  test('a picture that an instance does not have fails, and its DICOM file is planned', async () => {
    await using own = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
    const formats = createFormats(['dcm', 'png'], { png: { frames: [3] } })
    const job = { datastoreId, selectors: [{ imageSetId: idA }], formats }
    const plan = await own.plan({ ...job, onFailure: () => {} })
    const summary = await own.exportTo({ ...job, destination: recordingDestination() })
    expect(plan).toMatchObject({ instances: 2, failedInstances: 1, errors: summary.errors })
    expect(plan.files).toMatchObject({ dcm: { files: 2 }, png: { files: 1 } })
    expect(summary.files).toBe(3)
  })

  test('the first failure is thrown without onFailure', async () => {
    await using own = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
    const planned = own.plan({ datastoreId, selectors: [{ studyInstanceUid: '9.9' }] })
    await expect(planned).rejects.toMatchObject({ code: 'NOTHING_SELECTED' })
  })
})

test('duplicates are left out, as in an export', async () => {
  await using own = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
  const job = { datastoreId, selectors: 'all' } as const
  const plan = await own.plan(job)
  const summary = await own.exportTo({ ...job, destination: recordingDestination() })
  expect(plan).toMatchObject({ instances: 3, duplicates: 1, frames: 6 })
  expect(summary).toMatchObject({ instances: { written: 3, skipped: 1 }, duplicates: 1, frames: 6 })
})

test('a format that cannot foresee its files is left out, and the instances are counted', async () => {
  await using own = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
  const silent = { name: 'txt', mediaType: 'text/plain', readsPixels: false, files: () => [] }
  const plan = await own.plan({ datastoreId, selectors: 'all', formats: [...createFormats(['dcm']), silent] })
  expect(plan).toMatchObject({ instances: 3, unforeseenInstances: 3 })
  expect(Object.keys(plan.files)).toEqual(['dcm'])
})

test.each([
  [{ byteLength: 1e12, files: 1e6, blockByteLength: 4096 }, true],
  [{ byteLength: 24_000, files: 1e6, blockByteLength: 4096 }, true],
  [{ byteLength: 20_000, files: 1e6, blockByteLength: 4096 }, false],
  [{ byteLength: 1e12, files: 4, blockByteLength: 4096 }, false],
  [{ byteLength: 1e12, files: undefined, blockByteLength: 4096 }, true],
  [undefined, undefined],
])('room of %j: fits is %s', async (free, fits) => {
  await using own = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
  const destination = { free: async () => free, record: memoryRecord() }
  const { disk } = await own.plan({ datastoreId, selectors: 'all', destination })
  expect(disk).toMatchObject({ neededFiles: 5, fits })
  // Three small files and two folders in blocks of their own, and the lines of the manifest.
  expect(disk.neededBytes).toBeGreaterThan(5 * 4096)
  expect(disk.neededBytes).toBeLessThan(5 * 4096 + 3 * 2000)
})

test('a destination that holds two copies while it is written needs room for both', async () => {
  await using own = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
  const room = { byteLength: 1e12, files: undefined, blockByteLength: 1 }
  const neededWith = async (free: FreeSpace): Promise<number> => {
    const destination = { free: async () => free, record: memoryRecord() }
    return (await own.plan({ datastoreId, selectors: 'all', destination })).disk.neededBytes
  }
  expect(await neededWith({ ...room, copies: 2 })).toBe(2 * (await neededWith(room)))
})

async function someImageSet(): Promise<string> {
  for await (const { imageSetId, accessionNumber } of client.searchImageSets({ datastoreId: emulator.datastoreId })) {
    if (accessionNumber?.startsWith('S1-') === true) return imageSetId
  }
  throw new Error('Expected a synthetic image set')
}

/** Returns the image sets whose instances all have pictures. */
async function imageSetsWithPictures(): Promise<{ readonly imageSetId: string }[]> {
  const selectors: { readonly imageSetId: string }[] = []
  for await (const { imageSetId, seriesModality } of client.searchImageSets({ datastoreId: emulator.datastoreId })) {
    if (seriesModality === 'CT' || seriesModality === 'US') selectors.push({ imageSetId })
  }
  expect(selectors.length).toBeGreaterThan(1)
  return selectors
}

function withoutFrames(requests: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(requests).filter(([operation]) => operation !== 'GetImageFrame'))
}
