import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'
import type { ImageFrame } from '@ahi-dicom/ahi-metadata'
import {
  UnknownDatastoreError,
  startEmulator,
  type Emulator,
  type SyntheticImageSetOptions,
} from '@ahi-dicom/ahi-emulator'
import { describe, expect, test } from 'vitest'
import { call, frameOf, instancePathOf, instancesOf, metadataOf, type ImageSetPlace } from './support/client.ts'
import { withEmulatorAndFolder } from './support/emulator-and-folder.ts'
import { standardErrorOf, hasCommand, hasPython, runPython } from './support/tools.ts'

const hasOpenJpeg = hasPython('openjpeg')
const hasDciodvfy = hasCommand('dciodvfy', '-version')

describe('synthetic image sets', () => {
  let emulator: Emulator
  let work: string

  withEmulatorAndFolder((made) => void ({ emulator, work } = made))

  async function addOne(options: SyntheticImageSetOptions = {}): Promise<ImageSetPlace> {
    const { endpoint } = emulator
    const { datastoreId = emulator.datastoreId } = options
    const [imageSet] = await emulator.addSyntheticImageSets(options)
    return { endpoint, datastoreId, imageSetId: imageSet?.imageSetId ?? '' }
  }

  test.skipIf(!hasOpenJpeg).each<[string, SyntheticImageSetOptions, 'HTJ2K' | 'JPEG_2000_LOSSLESS']>([
    ['frames of one tile', { frames: 9 }, 'HTJ2K'],
    ['frames smaller than a tile', { rows: 3, columns: 17, bitsAllocated: 8, instances: 2 }, 'HTJ2K'],
    ['frames of many tiles', { rows: 1100, columns: 1537 }, 'HTJ2K'],
    ['frames that need more decompositions', { rows: 4096, columns: 2100 }, 'HTJ2K'],
    ['colour of many tiles', { rows: 513, columns: 1030, samplesPerPixel: 3 }, 'HTJ2K'],
    ['JPEG 2000 of many tiles', { rows: 700, columns: 1024 }, 'JPEG_2000_LOSSLESS'],
    ['JPEG 2000 colour', { rows: 513, columns: 64, samplesPerPixel: 3, seed: 2 }, 'JPEG_2000_LOSSLESS'],
  ])('have %s whose pixels, decoded by OpenJPEG, match the document', async (_, options, losslessStorageFormat) => {
    const { datastoreId } = await emulator.createDatastore({ losslessStorageFormat })
    const place = await addOne({ datastoreId, ...options })
    const frames = await framesOf(place)
    const paths: string[] = []
    for (const { ID, FrameSizeInBytes } of frames) {
      const frame = await frameOf(place, ID)
      expect(frame).toHaveLength(FrameSizeInBytes ?? 0)
      paths.push(join(work, ID))
      await writeFile(join(work, ID), frame)
    }
    expect(await runPython('decode_frames.py', { input: paths })).toEqual(
      frames.map(({ PixelDataChecksumFromBaseToFullResolution: checksums, MinPixelValue, MaxPixelValue }) => ({
        crc: checksums?.[0]?.Checksum,
        shape: [checksums?.[0]?.Height, checksums?.[0]?.Width],
        least: MinPixelValue,
        greatest: MaxPixelValue,
      })),
    )
  })

  test('are found, described and versioned like imported ones', async () => {
    const { datastoreId } = await emulator.createDatastore()
    const added = await emulator.addSyntheticImageSets({ datastoreId, imageSets: 60, instances: 3 })
    const [, , third] = added
    const filters = [{ operator: 'EQUAL', values: [{ DICOMStudyInstanceUID: third?.studyInstanceUid }] }]
    const search = `/datastore/${datastoreId}/searchImageSets`
    const { json } = await call(emulator.endpoint, search, { body: { filters } })
    expect(json['imageSetsMetadataSummaries']).toMatchObject([
      {
        imageSetId: third?.imageSetId,
        version: 1,
        isPrimary: true,
        DICOMTags: { DICOMPatientId: 'SYNTHETIC-1-2', DICOMNumberOfStudyRelatedInstances: 3 },
      },
    ])
    const all = await call(emulator.endpoint, search, { body: {} })
    expect(all.json['nextToken']).toBeTypeOf('string')
    const set = await call(emulator.endpoint, `/datastore/${datastoreId}/imageSet/${third?.imageSetId}/getImageSet`)
    expect(set.json).toMatchObject({ versionId: '1', imageSetState: 'ACTIVE', isPrimary: true })
    expect(new Set(added.map(({ seriesInstanceUid }) => seriesInstanceUid)).size).toBe(60)
  })

  async function fingerprint(options: SyntheticImageSetOptions): Promise<string> {
    const { datastoreId } = await emulator.createDatastore()
    const place = await addOne({ datastoreId, rows: 64, columns: 64, frames: 3, ...options })
    const hash = createHash('sha256').update(await instancePathOf(place))
    for (const { ID } of await framesOf(place)) hash.update(await frameOf(place, ID))
    return hash.digest('hex')
  }

  test('are equal only for the same settings', async () => {
    const same = [await fingerprint({}), await fingerprint({})]
    expect(same[0]).toBe(same[1])
    for (const other of [{ seed: 2 }, { instances: 2 }, { columns: 65 }])
      expect(same).not.toContain(await fingerprint(other))
  })

  test('are available after a restart', async () => {
    const data = join(work, 'data')
    const first = await startEmulator({ data })
    const [imageSet] = await first.addSyntheticImageSets({ rows: 64, columns: 64, frames: 2 })
    const place = { datastoreId: first.datastoreId, imageSetId: imageSet?.imageSetId ?? '' }
    const before = await readAll({ ...place, endpoint: first.endpoint })
    await first.close()
    await using second = await startEmulator({ data })
    expect(await readAll({ ...place, endpoint: second.endpoint })).toEqual(before)
  })

  test('have documents of ten thousand frames with unique ids', async () => {
    const place = await addOne({ rows: 16, columns: 16, frames: 10_000 })
    const frames = await framesOf(place)
    expect(new Set(frames.map(({ ID }) => ID)).size).toBe(10_000)
    const last = frames.at(-1)
    expect(await frameOf(place, last?.ID ?? '')).toHaveLength(last?.FrameSizeInBytes ?? 0)
    for (const imageFrameId of [`${last?.ID.slice(0, -1)}9`, 'z'.repeat(32), '0'.repeat(32)]) {
      await expect(frameOf(place, imageFrameId)).rejects.toThrow(`Image frame ${imageFrameId} does not exist`)
    }
  })

  test
    .skipIf(!hasDciodvfy)
    .each<SyntheticImageSetOptions>([
      {},
      { frames: 2 },
      { frames: 2, bitsAllocated: 8 },
      { frames: 2, samplesPerPixel: 3 },
    ])('are valid according to dciodvfy: %j', async (options) => {
    const place = await addOne({ rows: 32, columns: 32, ...options })
    const response = await fetch(`${place.endpoint}/datastore/${place.datastoreId}/${await instancePathOf(place)}`)
    const file = join(work, `${place.imageSetId}.dcm`)
    await writeFile(file, new Uint8Array(await response.arrayBuffer()))
    const complaints = standardErrorOf('dciodvfy', file).split('\n')
    expect(complaints.filter((line) => line.startsWith('Error'))).toEqual([])
  })

  test('have videos with a single frame', async () => {
    const videoByteLength = 5 * 1024 * 1024 + 3
    const place = await addOne({ videoByteLength, frames: 100 })
    const [instance, ...others] = instancesOf(await metadataOf(place))
    expect(others).toEqual([])
    expect(instance).toMatchObject({
      StoredTransferSyntaxUID: '1.2.840.10008.1.2.4.102',
      DICOM: { NumberOfFrames: '100' },
      ImageFrames: [{ MinPixelValue: null, MaxPixelValue: null, FrameSizeInBytes: videoByteLength }],
    })
    const [frame, ...more] = instance?.ImageFrames ?? []
    expect(more).toEqual([])
    const video = await frameOf(place, frame?.ID ?? '')
    expect(video).toHaveLength(videoByteLength)
    expect(Buffer.from(video).toString('latin1', 4, 12)).toBe('ftypmp42')
    expect(crc32(video)).toBe(frame?.PixelDataChecksumFromBaseToFullResolution?.[0]?.Checksum)
    const url = `${place.endpoint}/datastore/${place.datastoreId}/${await instancePathOf(place)}`
    expect((await fetch(url)).status).toBe(406)
    const whole = await fetch(url, { headers: { accept: 'application/dicom; transfer-syntax=*' } })
    // The video, a padding byte, and the sequence delimiter.
    const tail = new Uint8Array(await whole.arrayBuffer()).subarray(-(videoByteLength + 9), -9)
    expect(Buffer.compare(tail, video)).toBe(0)
  })

  test.each<[string, SyntheticImageSetOptions]>([
    ['Expected the `frames` option to be an integer from 1 to 9007199254740991, got `0`', { frames: 0 }],
    ['Expected the `rows` option to be an integer from 1 to 32768, got `1.5`', { rows: 1.5 }],
    ['`bitsAllocated` option to be 8 where `samplesPerPixel` is 3', { samplesPerPixel: 3, bitsAllocated: 16 }],
    ['Expected the `videoByteLength` option', { videoByteLength: 63 }],
  ])('refuse invalid options: %s', async (message, options) => {
    await expect(emulator.addSyntheticImageSets(options)).rejects.toThrow(message)
  })

  test('refuse an unknown data store', async () => {
    await expect(emulator.addSyntheticImageSets({ datastoreId: 'x' })).rejects.toThrow(UnknownDatastoreError)
  })
})

/** Most memory of a process that serves an object many times as large. Node.js alone takes 110 MB. */
const mostBytes = 300e6

describe('a server with objects larger than its memory', () => {
  test(
    'streams an instance with 4.7 GB of pixels as stored, and refuses it uncompressed',
    { timeout: 180_000 },
    async () => {
      const frames = 9000
      const { place, stop } = await startServing({ frames })
      const [instance] = instancesOf(await metadataOf(place))
      const url = `${place.endpoint}/datastore/${place.datastoreId}/${await instancePathOf(place)}`
      const uncompressed = await fetch(url)
      expect(uncompressed.status).toBe(406)
      expect(await uncompressed.json()).toMatchObject({ message: expect.stringContaining('transfer-syntax=*') })
      const { byteLength } = await drain(
        await fetch(url, { headers: { accept: 'application/dicom; transfer-syntax=*' } }),
      )
      const stored = instance?.ImageFrames.reduce((sum, { FrameSizeInBytes = 0 }) => sum + FrameSizeInBytes, 0) ?? 0
      expect(byteLength).toBeGreaterThan(stored + 8 * frames)
      expect(await stop()).toBeLessThan(mostBytes)
    },
  )

  test('streams a video as one frame with its Content-Length', { timeout: 180_000 }, async () => {
    const videoByteLength = 2 ** 30 + 1
    const { place, stop } = await startServing({ videoByteLength })
    const [instance] = instancesOf(await metadataOf(place))
    const [frame] = instance?.ImageFrames ?? []
    const url = `${place.endpoint}/datastore/${place.datastoreId}/imageSet/${place.imageSetId}/getImageFrame`
    const response = await fetch(url, { method: 'POST', body: JSON.stringify({ imageFrameId: frame?.ID }) })
    expect(response.headers.get('content-length')).toBe(String(videoByteLength))
    expect(response.headers.get('content-type')).toBe('video/mp4')
    const { byteLength, crc } = await drain(response)
    expect(byteLength).toBe(videoByteLength)
    expect(crc).toBe(frame?.PixelDataChecksumFromBaseToFullResolution?.[0]?.Checksum)
    expect(await stop()).toBeLessThan(mostBytes)
  })
})

async function framesOf(place: ImageSetPlace): Promise<ImageFrame[]> {
  return instancesOf(await metadataOf(place)).flatMap(({ ImageFrames }) => ImageFrames)
}

async function readAll(place: ImageSetPlace): Promise<unknown> {
  const frames = await framesOf(place)
  return { metadata: await metadataOf(place), frames: await Promise.all(frames.map(({ ID }) => frameOf(place, ID))) }
}

async function drain(response: Response): Promise<{ readonly byteLength: number; readonly crc: number }> {
  let byteLength = 0
  let crc = 0
  for await (const chunk of response.body ?? []) {
    byteLength += chunk.byteLength
    crc = crc32(chunk, crc)
  }
  return { byteLength, crc }
}

/** Starts a server in a separate process. `stop` ends it and returns its peak memory. */
async function startServing(options: SyntheticImageSetOptions) {
  const script = fileURLToPath(new URL('support/serving-process.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@ahi-dicom/source', script, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const place = JSON.parse((await lines.next()).value ?? '')
  return {
    place,
    stop: async (): Promise<number> => {
      child.stdin.end()
      return JSON.parse((await lines.next()).value ?? '').peakBytes
    },
  }
}
