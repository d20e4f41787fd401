import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAhiClient, type AhiClient } from '@ahi-dicom/ahi-client'
import { generateStudy, startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import {
  createExporter,
  type ErrorEntry,
  type Exporter,
  type Thumbnail,
  type ThumbnailOptions,
} from '@ahi-dicom/exporter'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { prefixLength } from '@ahi-dicom/htj2k-decoder/headers'
import { describeImage, renderFrame } from '@ahi-dicom/renderer'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { mammogram, mammogramSize } from './doubles/mammogram.ts'

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
let folder: string
let emulator: Emulator
let client: AhiClient
let exporter: Exporter
let study: string
let large: string

async function importFiles(name: string, files: readonly { name: string; data: Uint8Array }[]): Promise<string> {
  const { datastoreId } = await emulator.createDatastore({ name })
  const input = await mkdtemp(join(folder, 'input-'))
  for (const file of files) await writeFile(join(input, file.name), file.data)
  await emulator.importDicom(input, { datastoreId })
  return datastoreId
}

async function gathered<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

async function thumbnailsOf(options: Omit<ThumbnailOptions, 'selectors'>, by = exporter): Promise<Thumbnail[]> {
  return await gathered(by.thumbnails({ selectors: 'all', ...options }))
}

/** Returns the size of a picture and the red level of each pixel. */
function levelsOf({ png }: Thumbnail): { readonly width: number; readonly height: number; readonly data: number[] } {
  const { width, height, data } = PNG.sync.read(Buffer.from(png))
  return { width, height, data: Array.from({ length: width * height }, (_, pixel) => data[4 * pixel] ?? -1) }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thumbnails-'))
  emulator = await startEmulator({ data: join(folder, 'ahi') })
  client = createAhiClient({ endpoint: emulator.endpoint, region: 'us-east-1', credentials })
  exporter = createExporter({ client })
  study = await importFiles('study', [...generateStudy({ ctSlices: 5, ultrasoundFrames: 3 })])
  large = await importFiles('large', [{ name: 'MG.dcm', data: mammogram() }])
}, 120_000)

afterAll(async () => {
  await exporter.close()
  await client.close()
  await emulator.close()
  await rm(folder, { recursive: true, force: true })
})

test('a mammogram at 1/4 and 1/8 needs few of its bytes, and matches a decoding of the whole frame', async () => {
  const [instance] = await exporter.loadStudy({ datastoreId: large, studyInstanceUid: '2.25.40' })
  const { imageSetId } = instance ?? { imageSetId: '' }
  const document = await client.getImageSetMetadata({ datastoreId: large, imageSetId })
  const [series] = Object.values(document.Study.Series)
  const [entry] = Object.values(series?.Instances ?? {})
  const imageFrameId = entry?.ImageFrames[0]?.ID ?? ''
  const whole = await client.getImageFrame({ datastoreId: large, imageSetId, imageFrameId })
  for (const [size, discardLevels, most] of [
    [1250, 2, 0.25],
    [625, 3, 0.1],
  ] as const) {
    await vi.waitUntil(() => emulator.counters().inFlight === 0)
    const sentBefore = emulator.counters().bytesSent
    const readBefore = client.requestCounts().GetImageFrame?.bytes ?? 0
    const [thumbnail] = await thumbnailsOf({ datastoreId: large, size })
    const read = (client.requestCounts().GetImageFrame?.bytes ?? 0) - readBefore
    expect(thumbnail).toMatchObject({
      width: mammogramSize.columns / 2 ** discardLevels,
      height: mammogramSize.rows / 2 ** discardLevels,
      discardLevels,
      isVerified: false,
      byteLength: whole.data.length,
      bytesFetched: read,
    })
    const needed = prefixLength(whole.data, { discardLevels }) ?? Infinity
    const prefix = await decodeFrame(whole.data.subarray(0, needed), { discardLevels })
    const full = await decodeFrame(whole.data, { discardLevels })
    expect(Buffer.compare(prefix.pixels, full.pixels)).toBe(0)
    await vi.waitUntil(() => emulator.counters().inFlight === 0)
    const sent = emulator.counters().bytesSent - sentBefore
    expect(read / whole.data.length).toBeLessThanOrEqual(most)
    expect(sent / whole.data.length).toBeLessThanOrEqual(most)
    const pixels = new Uint16Array(full.pixels.buffer)
    const image = { ...describeImage(instance?.attributes ?? never(), 0), rows: full.height, columns: full.width }
    expect(thumbnail && levelsOf(thumbnail).data).toEqual([...renderFrame(pixels, image).data])
  }
})

function never(): never {
  throw new TypeError('Expected an instance')
}

test('a CT needs few of its bytes for 1/4 and 1/8', async () => {
  const instances = await exporter.loadImageSet({ datastoreId: study, imageSetId: await imageSetOf('CT') })
  const { imageSetId } = instances[0] ?? never()
  const document = await client.getImageSetMetadata({ datastoreId: study, imageSetId })
  const frames = Object.values(document.Study.Series).flatMap(({ Instances }) =>
    Object.values(Instances).flatMap(({ ImageFrames }) => ImageFrames),
  )
  expect(frames.length).toBe(5)
  for (const { ID: imageFrameId } of frames) {
    const { data } = await client.getImageFrame({ datastoreId: study, imageSetId, imageFrameId })
    for (const [discardLevels, most] of [
      [2, 0.25],
      [3, 0.1],
    ] as const) {
      const needed = prefixLength(data, { discardLevels }) ?? Infinity
      expect(needed / data.length).toBeLessThanOrEqual(most)
      const prefix = await decodeFrame(data.subarray(0, needed), { discardLevels })
      expect(prefix).toEqual(await decodeFrame(data, { discardLevels }))
    }
  }
})

/** Returns the image set of a modality in `study`. */
async function imageSetOf(modality: string): Promise<string> {
  const series = await gathered(exporter.listSeries({ datastoreId: study, selectors: 'all' }))
  return series.find((one) => one.modality === modality)?.imageSetId ?? never()
}

test('each instance with frames has one, of its first frame, in order', async () => {
  const thumbnails = await thumbnailsOf({ datastoreId: study, size: 100, concurrency: 2 })
  expect(thumbnails.map(({ width, height, frame, frameCount }) => [width, height, frame, frameCount])).toEqual(
    thumbnails.map(({ frameCount }) => (frameCount === 3 ? [100, 75, 0, 3] : [100, 100, 0, 1])),
  )
  expect(thumbnails.length).toBe(6)
  for (const thumbnail of thumbnails) {
    const { width, height, data } = levelsOf(thumbnail)
    expect([width, height]).toEqual([thumbnail.width, thumbnail.height])
    expect(new Set(data).size).toBeGreaterThan(10)
    expect(thumbnail).toMatchObject({ discardLevels: thumbnail.frameCount === 3 ? 1 : 2, isVerified: false })
  }
})

test('discardLevels is at most the number of resolutions', async () => {
  const [thumbnail] = await thumbnailsOf({ datastoreId: large, size: 1 })
  expect(thumbnail).toMatchObject({ width: 1, height: 1, discardLevels: 6 })
})

test('each series has one, of its middle frame', async () => {
  const thumbnails = await thumbnailsOf({ datastoreId: study, each: 'series' })
  expect(thumbnails.map(({ frame, frameCount }) => `${frame} of ${frameCount}`).toSorted()).toEqual([
    '0 of 1',
    '1 of 3',
  ])
  const ct = await exporter.loadImageSet({ datastoreId: study, imageSetId: await imageSetOf('CT') })
  const middle = ct.find(({ attributes }) => attributes.number('InstanceNumber') === 3)
  expect(thumbnails.map(({ sopInstanceUid }) => sopInstanceUid)).toContain(middle?.sopInstanceUid)
})

test('a frame that is not larger is read whole, verified, and not enlarged', async () => {
  const thumbnail = (await thumbnailsOf({ datastoreId: study, size: 600 })).find(({ frameCount }) => frameCount === 1)
  expect(thumbnail).toMatchObject({ width: 512, height: 512, discardLevels: 0, isVerified: true })
  expect(thumbnail?.bytesFetched).toBe(thumbnail?.byteLength)
})

test('frames of other syntaxes, and frames for a custom decoder, are read whole', async () => {
  const { datastoreId } = await emulator.createDatastore({
    name: 'part-1',
    losslessStorageFormat: 'JPEG_2000_LOSSLESS',
  })
  const input = await mkdtemp(join(folder, 'input-'))
  for (const file of generateStudy({ ctSlices: 1, ultrasoundFrames: 0 }))
    await writeFile(join(input, file.name), file.data)
  await emulator.importDicom(input, { datastoreId })
  const decoder = { decode: (codeStream: Uint8Array<ArrayBuffer>) => decodeFrame(codeStream) }
  await using other = createExporter({ client, frameDecoder: decoder })
  const found = [
    ...(await thumbnailsOf({ datastoreId })),
    ...(await thumbnailsOf({ datastoreId: study, each: 'series' }, other)),
  ]
  expect(found.length).toBe(3)
  for (const thumbnail of found) {
    expect(thumbnail).toMatchObject({ discardLevels: 0, isVerified: true })
    expect(thumbnail.bytesFetched).toBe(thumbnail.byteLength)
  }
})

test('failures are reported and the others continue; without onFailure, the first one is thrown', async () => {
  const failing = {
    ...client,
    getImageFrame: async (request: Parameters<AhiClient['getImageFrame']>[0]) => {
      calls += 1
      if (calls === 2) throw Object.assign(new Error('lost'), { code: 'AHI_NOT_FOUND', statusCode: 404 })
      return client.getImageFrame(request)
    },
  }
  let calls = 0
  await using other = createExporter({ client: failing })
  const failures: ErrorEntry[] = []
  const options = { datastoreId: study, size: 64, concurrency: 1 }
  const thumbnails = await thumbnailsOf({ ...options, onFailure: (failure) => void failures.push(failure) }, other)
  expect(thumbnails.length).toBe(5)
  expect(failures).toMatchObject([{ code: 'AHI_NOT_FOUND', datastoreId: study }])
  calls = 0
  await expect(thumbnailsOf(options, other)).rejects.toThrow('lost')
})

test('if the first part is damaged, the whole frame is requested, and its checksum decides', async () => {
  let isDamaged = true
  const damaging = {
    ...client,
    getImageFrame: async (request: Parameters<AhiClient['getImageFrame']>[0]) => {
      const answer = await client.getImageFrame(request)
      if (!isDamaged) return answer
      isDamaged = false
      return { ...answer, data: answer.data.slice(0, 200) }
    },
  }
  await using other = createExporter({ client: damaging })
  const [thumbnail] = await thumbnailsOf({ datastoreId: large, size: 500 }, other)
  expect(thumbnail).toMatchObject({ width: 400, height: 500, discardLevels: 0, isVerified: true })
})

test('a lower resolution whose checksum the document lists is verified, or the whole frame is read', async () => {
  const { datastoreId } = await emulator.createDatastore({ name: 'documents-of-2023' })
  const input = await mkdtemp(join(folder, 'input-'))
  for (const file of generateStudy({ ctSlices: 1, ultrasoundFrames: 0 }))
    await writeFile(join(input, file.name), file.data)
  await emulator.importDicom(input, { datastoreId, documentForm: '2023' })
  expect(await thumbnailsOf({ datastoreId, size: 256 })).toMatchObject([{ discardLevels: 1, isVerified: true }])
  expect(await thumbnailsOf({ datastoreId, size: 64 })).toMatchObject([{ discardLevels: 3, isVerified: false }])
  let isDamaged = true
  const damaging = {
    ...client,
    getImageFrame: async (request: Parameters<AhiClient['getImageFrame']>[0]) => {
      const answer = await client.getImageFrame(request)
      if (!isDamaged) return answer
      isDamaged = false
      const needed = prefixLength(answer.data, { discardLevels: 1 }) ?? 0
      const data = answer.data.slice()
      data[needed - 40] = (data[needed - 40] ?? 0) ^ 1
      return { ...answer, data }
    },
  }
  await using other = createExporter({ client: damaging })
  const [thumbnail] = await thumbnailsOf({ datastoreId, size: 256 }, other)
  expect(thumbnail).toMatchObject({ width: 256, discardLevels: 0, isVerified: true })
})

/** Returns a code stream whose header declares another packet order. */
function inAnotherOrder(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = Buffer.from(bytes)
  const cod = copy.indexOf(Buffer.from('ff52', 'hex'))
  if (cod > 0) copy[cod + 5] = 0
  return new Uint8Array(copy)
}

test('a large frame without low resolutions in its first part is abandoned early, and read whole with reserved memory', async () => {
  const lengths: (readonly [number, number | undefined])[] = []
  const other = {
    ...client,
    getImageFrame: async ({ beginning, ...request }: Parameters<AhiClient['getImageFrame']>[0]) => {
      if (beginning === undefined) return client.getImageFrame(request)
      const { data, byteLength, ...rest } = await client.getImageFrame({
        ...request,
        beginning: (bytes) => beginning(inAnotherOrder(bytes)),
      })
      lengths.push([data.length, byteLength])
      return { ...rest, byteLength, data: inAnotherOrder(data) }
    },
  }
  await using reading = createExporter({ client: other })
  const [thumbnail] = await thumbnailsOf({ datastoreId: large, size: 500 }, reading)
  expect(thumbnail).toMatchObject({ width: 400, height: 500, discardLevels: 0, isVerified: true })
  expect(lengths).toHaveLength(1)
  for (const [length, byteLength = 0] of lengths) expect(length).toBeLessThan(byteLength / 4)
})

/** Returns true if a pixel is in a white stripe. */
function isWhite(x: number, y: number): boolean {
  return Math.floor((x + y) / 37) % 2 === 1
}

test.each([
  ['12 bits', 12, 0],
  ['12 bits, signed', 12, 1],
  ['8 bits, signed', 8, 1],
] as const)('sharp edges of %s stay black and white', async (name, bitsStored, pixelRepresentation) => {
  const side = 512
  const least = pixelRepresentation === 1 ? -(2 ** (bitsStored - 1)) : 0
  const values = Array.from({ length: side * side }, (_, at) =>
    isWhite(at % side, Math.floor(at / side)) ? least + 2 ** bitsStored - 1 : least,
  )
  const attributes = {
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
    SOPInstanceUID: '2.25.7',
    StudyInstanceUID: '2.25.71',
    SeriesInstanceUID: '2.25.72',
    Modality: 'OT',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: side,
    Columns: side,
    BitsAllocated: bitsStored > 8 ? 16 : 8,
    BitsStored: bitsStored,
    HighBit: bitsStored - 1,
    PixelRepresentation: pixelRepresentation,
  }
  const pixelData = bitsStored > 8 ? new Uint8Array(Int16Array.from(values).buffer) : Uint8Array.from(values)
  const datastoreId = await importFiles(name, [{ name: 'OT.dcm', data: encodePart10({ attributes, pixelData }) }])
  const [thumbnail] = await thumbnailsOf({ datastoreId })
  const { width, height, data } = levelsOf(thumbnail ?? never())
  expect([width, height]).toEqual([256, 256])
  const wrong = data.filter((level, at) => {
    const [x, y] = [2 * (at % width), 2 * Math.floor(at / width)]
    const isFlat = [-1, 1].every((step) => isWhite(x + step, y + step) === isWhite(x, y))
    return isFlat && Math.abs(level - (isWhite(x, y) ? 255 : 0)) >= 128
  })
  expect(wrong).toEqual([])
})

test('leaving the loop aborts unfinished thumbnails, and options are checked at once', async () => {
  for await (const _ of exporter.thumbnails({ datastoreId: study, selectors: 'all' })) break
  await vi.waitUntil(() => emulator.counters().inFlight === 0)
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(thumbnailsOf({ datastoreId: study, signal })).rejects.toThrow('enough')
  expect(() => exporter.thumbnails({ datastoreId: study, selectors: 'all', size: 0 })).toThrow(/`size`/)
})
