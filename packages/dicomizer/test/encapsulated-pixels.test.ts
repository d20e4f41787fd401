import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'

import { FrameChecksumError, type DicomInstance } from '@ahi-dicom/dicomizer'
import { beforeAll, describe, expect, test } from 'vitest'

import { bytesOf, framesOf, imageInstance, knownFrame, knownFrames, type KnownFrame } from './instances.ts'
import { readBack, type DumpedFile } from './read-back.ts'
import { hasCommand, hasPydicom, hasShared, python, run, sharedFolder } from './tools.ts'

const stored = { transferSyntax: 'stored' } as const

/** Frames that together reach the size limit of offset tables. */
function largeFrames(): KnownFrame[] {
  return knownFrames(3).map((frame) => {
    const codeStream = new Uint8Array(5_000_001)
    codeStream.set(frame.codeStream)
    return { ...frame, codeStream }
  })
}

describe.skipIf(!hasPydicom())('encapsulated frames that pydicom reads', () => {
  const one = imageInstance(knownFrames(1), stored)
  const three = imageInstance(knownFrames(3), stored)
  const large = imageInstance(largeFrames(), stored)
  const withTrailer = imageInstance(knownFrames(2), {
    ...stored,
    attributes: { '7FE10010': 'MAKER' },
    instance: { DICOMVRs: { '7FE10010': 'LO' } },
  })
  const instances = [one, three, large, withTrailer]
  let files: readonly DumpedFile[]

  beforeAll(async () => {
    files = readBack(await Promise.all(instances.map((instance) => bytesOf(instance.part10()))))
  })

  test.each([
    [0, 'one frame', knownFrames(1)],
    [1, 'three frames, two of odd length', knownFrames(3)],
    [2, 'frames beyond the limit of the offset table', largeFrames()],
  ])('are case %i, %s', (index, _title, frames) => {
    const padded = frames.map(({ codeStream }) => Buffer.concat([codeStream, Buffer.alloc(codeStream.length % 2)]))
    expect(files[index]?.frames).toEqual(padded.map((frame) => frame.toString('base64')))
    expect(files[index]?.meta['00020010']?.value).toBe('1.2.840.10008.1.2.4.202')
  })

  test('have a filled Basic Offset Table if they are few, else an empty one', () => {
    expect([0, 1, 2].map((index) => offsetTable(files[index]))).toEqual([[0], [0, 28, 28 + 30], []])
  })

  test('precede the elements after Pixel Data', () => {
    expect(files[3]?.dataSet['7FE10010']).toEqual({ vr: 'LO', value: 'MAKER' })
  })
})

describe('verification of stored frames', () => {
  test('decodes them, and does not change the written bytes', async () => {
    const frames = knownFrames(2)
    const { frameDecoder } = framesOf(frames)
    const transferring = {
      decode: async (codeStream: Uint8Array<ArrayBuffer>): ReturnType<typeof frameDecoder.decode> => {
        const decoded = await frameDecoder.decode(codeStream)
        structuredClone(codeStream, { transfer: [codeStream.buffer] })
        return decoded
      },
    }
    const instance = imageInstance(frames, { ...stored, frameDecoder: transferring })
    expect(await bytesOf(instance.part10())).toEqual(await bytesOf(imageInstance(frames, stored).part10()))
    expect(instance.frameChecks).toEqual({ verified: 2, unverified: 0 })
  })

  test('finds pixels that do not match the checksum', async () => {
    const frame = knownFrame(0)
    const bad = { ...frame, decoded: { ...frame.decoded, checksum: 1 } }
    const instance = imageInstance([frame], { ...stored, ...framesOf([bad]) })
    await expect(bytesOf(instance.part10())).rejects.toThrow(FrameChecksumError)
  })

  test('can be switched off, and needs a decoder', async () => {
    const frame = knownFrame(0)
    for (const options of [{ verifyFrames: false }, { frameDecoder: undefined }]) {
      const instance = imageInstance([frame], { ...stored, ...options })
      await bytesOf(instance.part10())
      expect(instance.frameChecks).toEqual({ verified: 0, unverified: 1 })
    }
  })

  test.each(['1.2.840.10008.1.2.4.203', '1.2.840.10008.1.2.4.91', '1.2.840.10008.1.2.4.50', '1.2.840.10008.1.2.4.112'])(
    'compares the encoded bytes of %s',
    async (uid) => {
      const frame = knownFrame(0)
      const good = encodedInstance(uid, frame, crc32(frame.codeStream))
      await bytesOf(good.part10())
      expect(good.frameChecks).toEqual({ verified: 1, unverified: 0 })
      expect(good.transferSyntaxUid).toBe(uid)
      await expect(bytesOf(encodedInstance(uid, frame, 1).part10())).rejects.toThrow(FrameChecksumError)
    },
  )
})

test('without a stated stored syntax, the format of the data store is used', async () => {
  const instance = { StoredTransferSyntaxUID: undefined }
  const byFormat = (['HTJ2K', 'JPEG_2000_LOSSLESS'] as const).map(
    (losslessStorageFormat) =>
      imageInstance(knownFrames(1), { ...stored, instance, losslessStorageFormat }).storedTransferSyntaxUid,
  )
  expect(byFormat).toEqual(['1.2.840.10008.1.2.4.202', '1.2.840.10008.1.2.4.90'])
})

const realFile = 'dicom/pydicom-data/HTJ2KLossless_08_RGB.dcm'

const hasRealFile = hasShared(realFile) && hasPydicom()

describe.skipIf(!hasRealFile)('a real HTJ2K code stream with a reversible colour transform', () => {
  const [real] = hasRealFile ? sharedFrames([fileURLToPath(new URL(realFile, sharedFolder))]) : []
  const folder = mkdtempSync(join(tmpdir(), 'dicomizer-'))
  const path = join(folder, 'stored.dcm')

  beforeAll(async () => {
    const codeStream = new Uint8Array(Buffer.from(real?.frames[0] ?? '', 'base64'))
    const decoded = {
      ...knownFrame(0, { width: 640, height: 480, components: 3, bitsPerSample: 8 }).decoded,
      checksum: 1,
    }
    const instance = imageInstance([{ codeStream, decoded }], {
      ...stored,
      frameDecoder: undefined,
      attributes: { PlanarConfiguration: 1 },
      instance: { StoredTransferSyntaxUID: '1.2.840.10008.1.2.4.201' },
    })
    writeFileSync(path, await bytesOf(instance.part10()))
    return () => rmSync(folder, { recursive: true })
  })

  test('is YBR_RCT in the file, and pydicom decodes it to the same pixels', () => {
    const [written] = sharedFrames([path])
    expect(written).toMatchObject({ photometric: 'YBR_RCT', planar: 0 })
    expect(written?.pixels === real?.pixels).toBe(true)
  })

  test.skipIf(!hasCommand('dcmdump'))('is read by dcmdump and gdcmdump without complaint', () => {
    expect(run('dcmdump', [path]).output).not.toMatch(/^[EW]: /m)
    expect(run('gdcmdump', [path]).output).not.toMatch(/error|warning/i)
  })
})

function encodedInstance(uid: string, frame: KnownFrame, checksum: number): DicomInstance {
  const checksums = [{ Width: 4, Height: 3, Checksum: checksum }]
  return imageInstance([frame], {
    ...stored,
    frameDecoder: undefined,
    instance: {
      StoredTransferSyntaxUID: uid,
      ImageFrames: [{ ID: 'frame0', PixelDataChecksumFromBaseToFullResolution: checksums }],
    },
  })
}

/** Returns the Pixel Data element that pydicom reads: the item header and the offset table come first. */
function offsetTable(file: DumpedFile | undefined): number[] {
  const value = file?.dataSet['7FE00010']?.value
  const bytes = Buffer.from(typeof value === 'string' ? value : '', 'base64')
  return Array.from({ length: bytes.readUInt32LE(4) / 4 }, (_, index) => bytes.readUInt32LE(8 + 4 * index))
}

interface SharedFrames {
  readonly frames: readonly string[]
  readonly pixels: string
  readonly photometric: string
  readonly planar: number | null
}

function sharedFrames(paths: readonly string[]): SharedFrames[] {
  const files = python('shared_frames.py', paths)
  if (!Array.isArray(files)) throw new TypeError('shared_frames.py printed no array')
  return files.map((file: SharedFrames) => file)
}
