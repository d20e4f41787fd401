import { createAhiClient } from '@ahi-dicom/ahi-client'
import { generateStudy, startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { createExporter, type ExportOptions, type ExportSummary } from '@ahi-dicom/exporter'
import { createDecoderPool } from '@ahi-dicom/htj2k-decoder'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { faultyProxy, type Fault, type ProxiedRequest } from './doubles/faulty-proxy.ts'
import { flatLayout, recordingDestination, type RecordingDestination } from './doubles/recording-destination.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
const region = 'us-east-1'
const ctSlices = 5
const ultrasoundFrames = 4

let emulator: Emulator
/** The generated files by SOPInstanceUID. */
const originals = new Map<string, Uint8Array>()

beforeAll(async () => {
  emulator = await startEmulator()
  const files = [...generateStudy({ ctSlices, ultrasoundFrames })].map((file) => file.data)
  const { rejected } = await emulator.importDicom(files)
  if (rejected.length > 0) throw new Error(`Cannot import: ${JSON.stringify(rejected)}`)
  for (const file of files) originals.set(uidElement(file, 0x18), file)
})

afterAll(() => emulator.close())

/** Returns the value of (0008,00xx), found by searching the bytes for Explicit VR UI. Independent of our reader. */
function uidElement(file: Uint8Array, element: number): string {
  const bytes = Buffer.from(file)
  const at = bytes.indexOf(Buffer.from([0x08, 0, element, 0, 0x55, 0x49]))
  return bytes.toString('latin1', at + 8, at + 8 + bytes.readUInt16LE(at + 6)).replace(/\0$/, '')
}

/** Returns the bytes of native Pixel Data, or no bytes. */
function pixelData(file: Uint8Array): Buffer {
  const bytes = Buffer.from(file)
  const at = bytes.lastIndexOf(Buffer.from([0xe0, 0x7f, 0x10, 0, 0x4f]))
  return at === -1 ? Buffer.alloc(0) : bytes.subarray(at + 12, at + 12 + bytes.readUInt32LE(at + 8))
}

async function studyInstanceUid(): Promise<string> {
  await using client = createAhiClient({ endpoint: emulator.endpoint, region, credentials })
  for await (const summary of client.searchImageSets({ datastoreId: emulator.datastoreId })) {
    if (summary.studyInstanceUid !== undefined) return summary.studyInstanceUid
  }
  throw new Error('Cannot find the study: nothing was imported')
}

async function exportThrough(
  choose: (request: ProxiedRequest) => Fault | undefined,
  destination: RecordingDestination,
  options: Partial<ExportOptions> = {},
): Promise<ExportSummary> {
  await using proxy = await faultyProxy(emulator.endpoint, choose)
  await using client = createAhiClient({
    endpoint: proxy.endpoint,
    region,
    credentials,
    maxAttempts: 2,
    requestTimeoutMs: 1000,
  })
  await using exporter = createExporter({ client, lanes: 2 })
  const { datastoreId } = emulator
  const summary = await exporter.exportTo({
    datastoreId,
    selectors: 'all',
    destination,
    layout: flatLayout,
    ...options,
  })
  const { selected, written, skipped, failed, unfinished } = summary.instances
  expect(written + skipped + failed + unfinished).toBe(selected)
  expect(destination.summaries).toEqual([summary])
  return summary
}

/** Returns a function that chooses a fault for the first requested frame. It repeats the fault `times` times. */
function onFirstFrame(fault: Fault, times = Infinity): (request: ProxiedRequest) => Fault | undefined {
  let first: string | undefined
  let left = times
  return ({ imageFrameId }) => {
    first ??= imageFrameId
    if (imageFrameId === undefined || imageFrameId !== first || left === 0) return undefined
    left -= 1
    return fault
  }
}

/** Makes AHI's own files of instances unavailable. They would replace unusable frames. */
function withoutWholeInstances(
  choose: (request: ProxiedRequest) => Fault | undefined,
): (request: ProxiedRequest) => Fault | undefined {
  return (request) => (/^[\d.]+$/.test(request.operation) ? 'missing' : choose(request))
}

test('every instance of the data store comes back to a destination, pixel for pixel', async () => {
  const destination = recordingDestination()
  await using exporter = createExporter({ endpoint: emulator.endpoint, region, credentials })
  const { datastoreId } = emulator
  const summary = await exporter.exportTo({ datastoreId, selectors: 'all', destination, layout: flatLayout })
  expect(destination.errors).toEqual([])
  expect(summary).toMatchObject({
    outcome: 'complete',
    imageSets: { selected: 3 },
    instances: { selected: ctSlices + 2, written: ctSlices + 2 },
    frames: ctSlices + ultrasoundFrames,
    unverifiedFrames: 0,
  })
  expect(destination.files.size).toBe(originals.size)
  for (const [uid, original] of originals) {
    expect(pixelData(destination.files.get(`${uid}.dcm`) ?? new Uint8Array()).equals(pixelData(original))).toBe(true)
  }
})

test('stored frames are verified, and written as they are stored', async () => {
  const destination = recordingDestination()
  await using exporter = createExporter({ endpoint: emulator.endpoint, region, credentials })
  const job = { datastoreId: emulator.datastoreId, selectors: 'all', destination, layout: flatLayout } as const
  const summary = await exporter.exportTo({ ...job, transferSyntax: 'stored' })
  expect(summary).toMatchObject({ outcome: 'complete', frames: ctSlices + ultrasoundFrames, unverifiedFrames: 0 })
  expect(destination.files.size).toBe(originals.size)
})

test('frames from a decoder of the caller are not changed', async () => {
  const chunks: Uint8Array[] = []
  const destination = recordingDestination({ onChunk: (chunk) => void chunks.push(chunk) })
  await using frameDecoder = createDecoderPool({ threads: 1 })
  await using exporter = createExporter({ endpoint: emulator.endpoint, region, credentials, frameDecoder })
  await exporter.exportTo({ datastoreId: emulator.datastoreId, selectors: 'all', destination })
  expect(chunks.filter(({ buffer }) => buffer instanceof ArrayBuffer && buffer.detached)).toEqual([])
  expect(new Set(chunks.map(({ buffer }) => buffer)).size).toBeGreaterThan(ctSlices)
})

test('the study comes back in memory, as typed arrays', async () => {
  await using exporter = createExporter({ endpoint: emulator.endpoint, region, credentials })
  const { datastoreId } = emulator
  const instances = await exporter.loadStudy({ datastoreId, studyInstanceUid: await studyInstanceUid() })
  expect(instances.map((instance) => instance.sopInstanceUid).sort()).toEqual([...originals.keys()].sort())
  for (const instance of instances) {
    const frames = await Promise.all(Array.from({ length: instance.frameCount }, (_, index) => instance.frame(index)))
    const bytes = Buffer.concat(
      frames.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
    )
    expect(bytes.equals(pixelData(originals.get(instance.sopInstanceUid) ?? new Uint8Array()))).toBe(true)
  }
})

test('the series of the study are listed', async () => {
  await using exporter = createExporter({ endpoint: emulator.endpoint, region, credentials })
  const series: string[] = []
  const request = { datastoreId: emulator.datastoreId, studyInstanceUid: await studyInstanceUid() }
  for await (const { modality, instanceCount, isPrimary } of exporter.listSeries(request)) {
    series.push(`${modality} ${instanceCount} ${isPrimary}`)
  }
  expect(series.sort()).toEqual([`CT ${ctSlices} true`, 'SR 1 true', 'US 1 true'])
})

test.each(['truncated', 'throttled', 'hanging', 'corrupted', 'garbage'] as const)(
  'a frame that is %s once is still exported',
  async (fault) => {
    const summary = await exportThrough(onFirstFrame(fault, 1), recordingDestination())
    expect(summary).toMatchObject({ outcome: 'complete', instances: { written: ctSlices + 2 }, unverifiedFrames: 0 })
  },
)

test.each([
  ['missing', 'failed', 'FRAME_MISSING'],
  ['truncated', 'retryable', expect.stringMatching(/^AHI_(RESPONSE|UNAVAILABLE)$/)],
  ['throttled', 'retryable', 'AHI_THROTTLED'],
  ['hanging', 'retryable', 'AHI_UNAVAILABLE'],
  ['garbage', 'failed', 'FRAME_UNDECODABLE'],
] as const)('a frame that stays %s fails its instance alone', async (fault, outcome, code) => {
  const destination = recordingDestination()
  const summary = await exportThrough(withoutWholeInstances(onFirstFrame(fault)), destination)
  expect(summary).toMatchObject({ outcome, instances: { written: ctSlices + 1, failed: 1 } })
  expect(destination.errors).toMatchObject([
    { code, imageFrameId: expect.any(String), sopInstanceUid: expect.any(String), imageSetId: expect.any(String) },
  ])
})

test.each(['explicit', 'stored'] as const)(
  '%s: a frame that stays corrupted is never written',
  async (transferSyntax) => {
    const destination = recordingDestination()
    const summary = await exportThrough(onFirstFrame('corrupted'), destination, { transferSyntax })
    expect(['checksum-mismatch', 'failed']).toContain(summary.outcome)
    expect(summary.instances).toMatchObject({ written: ctSlices + 1, failed: 1 })
    expect(destination.files.has(`${destination.errors[0]?.sopInstanceUid}.dcm`)).toBe(false)
  },
)

test('invalid metadata fails only its image set', async () => {
  const destination = recordingDestination()
  let broken: string | undefined
  const summary = await exportThrough(({ operation, imageSetId }) => {
    if (operation !== 'getImageSetMetadata') return undefined
    broken ??= imageSetId
    return imageSetId === broken ? 'garbage' : undefined
  }, destination)
  expect(summary).toMatchObject({ outcome: 'retryable', imageSets: { selected: 3, failed: 1 } })
  expect(destination.errors).toMatchObject([{ imageSetId: broken, code: 'AHI_RESPONSE', retryable: true }])
  expect(summary.instances.written).toBe(summary.instances.selected)
})

test.each(['getImageSetMetadata', 'getImageFrame'])(
  'permission for %s denied for one image set fails only that one',
  async (denied) => {
    const destination = recordingDestination()
    let closed: string | undefined
    const summary = await exportThrough(({ operation, imageSetId }) => {
      if (operation !== denied) return undefined
      closed ??= imageSetId
      return imageSetId === closed ? 'denied' : undefined
    }, destination)
    const { written, selected, failed } = summary.instances
    expect(summary).toMatchObject({ outcome: 'failed', imageSets: { selected: 3 } })
    expect({ sum: written + failed, isSome: written > 0 }).toEqual({ sum: selected, isSome: true })
    expect(destination.errors.length).toBeGreaterThan(0)
    for (const error of destination.errors) {
      expect(error).toMatchObject({ imageSetId: closed, code: 'AHI_ACCESS_DENIED', retryable: false })
    }
  },
)

test.each(['searchImageSets', 'getImageSetMetadata', 'getImageFrame'])(
  'permission for %s denied for all image sets is fatal',
  async (denied) => {
    const destination = recordingDestination()
    const summary = await exportThrough(({ operation }) => (operation === denied ? 'denied' : undefined), destination)
    expect(summary).toMatchObject({ outcome: 'fatal', fatal: { code: 'AHI_ACCESS_DENIED' } })
  },
)

test('a frame that is corrupted differently each time is retryable', async () => {
  emulator.faults.set({ rules: [{ operations: ['GetImageFrame'], fault: { kind: 'corrupt', bytes: 200 } }] })
  const destination = recordingDestination()
  const summary = await exportThrough(
    withoutWholeInstances(() => undefined),
    destination,
  )
  emulator.faults.clear()
  expect(summary).toMatchObject({ outcome: 'retryable', checksumMismatches: 0 })
  expect(destination.errors).toHaveLength(ctSlices + 1)
  for (const error of destination.errors) expect(error).toMatchObject({ retryable: true })
})

test('a data store that does not exist is fatal', async () => {
  const summary = await exportThrough(() => undefined, recordingDestination(), { datastoreId: '0'.repeat(32) })
  expect(summary).toMatchObject({ outcome: 'fatal', fatal: { code: 'AHI_NOT_FOUND' } })
})

test('an abort leaves complete files, and the rest can be resumed', async () => {
  const controller = new AbortController()
  const first = recordingDestination({
    journal: async () => {
      if (first.manifest.length === 2) controller.abort(new Error('enough'))
    },
  })
  const summary = await exportThrough(() => undefined, first, { signal: controller.signal, instanceConcurrency: 2 })
  expect(summary.outcome).toBe('interrupted')
  const there = new Set(first.manifest.map((entry) => entry.sopInstanceUid))
  const second = recordingDestination({}, first)
  const resumed = await exportThrough(() => undefined, second, { mode: 'resume' })
  expect(resumed).toMatchObject({
    outcome: 'complete',
    instances: { skipped: there.size, written: originals.size - there.size },
  })
  expect([...there, ...second.manifest.map((entry) => entry.sopInstanceUid)].sort()).toEqual(
    [...originals.keys()].sort(),
  )
})
