import { crc32 } from 'node:zlib'

import { FrameChecksumError, type DicomInstance } from '@ahi-dicom/dicomizer'
import { beforeAll, describe, expect, test } from 'vitest'

import { bytesOf, imageInstance, knownFrame, knownFrames, type KnownFrame } from './instances.ts'
import { readBack, type DumpedFile } from './read-back.ts'
import { hasPydicom } from './tools.ts'

interface PixelCase {
  readonly title: string
  readonly frames: readonly KnownFrame[]
  readonly vr: string
}

const cases: readonly PixelCase[] = [
  { title: 'one frame of 16 bits', frames: knownFrames(1), vr: 'OW' },
  { title: 'two frames', frames: knownFrames(2), vr: 'OW' },
  { title: 'many frames', frames: knownFrames(17), vr: 'OW' },
  { title: 'signed samples', frames: knownFrames(1, { isSigned: true }), vr: 'OW' },
  { title: '12 bits in 16', frames: knownFrames(1, { bitsPerSample: 12 }), vr: 'OW' },
  { title: '8 bits', frames: knownFrames(1, { bitsPerSample: 8 }), vr: 'OB' },
  { title: 'an odd number of bytes', frames: knownFrames(3, { bitsPerSample: 8, width: 3, height: 5 }), vr: 'OB' },
  { title: 'colour', frames: knownFrames(2, { components: 3, bitsPerSample: 8, width: 3, height: 1 }), vr: 'OB' },
  { title: 'one pixel', frames: knownFrames(1, { bitsPerSample: 8, width: 1, height: 1 }), vr: 'OB' },
]

describe.skipIf(!hasPydicom())('pixels that pydicom reads', () => {
  const instances = cases.map(({ frames }) => imageInstance(frames))
  const withTrailer = imageInstance(knownFrames(1), {
    attributes: { '7FE10010': 'MAKER', '7FE11001': 'AAE=' },
    instance: { DICOMVRs: { '7FE10010': 'LO', '7FE11001': 'OB' } },
  })
  const headerOnly = imageInstance(knownFrames(1), { headerOnly: true })
  const withoutFrames = imageInstance([], { transferSyntax: 'stored' })
  let files: ReadonlyMap<DicomInstance, DumpedFile>

  beforeAll(async () => {
    const all = [...instances, withTrailer, headerOnly, withoutFrames]
    const read = readBack(await Promise.all(all.map((instance) => bytesOf(instance.part10()))))
    files = new Map(read.flatMap((file, index) => all.slice(index, index + 1).map((instance) => [instance, file])))
  })

  test.each(cases.map((pixelCase, index) => ({ ...pixelCase, index })))(
    'are those of $title',
    ({ frames, vr, index }) => {
      const instance = instances[index] ?? headerOnly
      const pixels = joined(frames)
      const padded = Buffer.concat([pixels, Buffer.alloc(pixels.length % 2)])
      const file = files.get(instance)
      expect(file?.dataSet['7FE00010']).toEqual({ vr, value: padded.toString('base64') })
      expect(file?.meta['00020010']?.value).toBe('1.2.840.10008.1.2.1')
      expect(instance.frameChecks).toEqual({ verified: frames.length, unverified: 0 })
      expect(instance.frameByteLength).toBe(frames[0]?.decoded.pixels.length)
    },
  )

  test('precede the elements after Pixel Data', () => {
    const file = files.get(withTrailer)
    expect(file?.dataSet['7FE11001']).toEqual({ vr: 'OB', value: 'AAE=' })
    expect(file?.dataSet['7FE00010']?.value).toBe(joined(knownFrames(1)).toString('base64'))
  })

  test('are missing in a header-only file and an instance without frames', () => {
    for (const instance of [headerOnly, withoutFrames]) {
      expect(files.get(instance)?.dataSet['7FE00010']).toBeUndefined()
      expect(files.get(instance)?.meta['00020010']?.value).toBe('1.2.840.10008.1.2.1')
    }
    expect(withoutFrames).toMatchObject({ frameCount: 0, frameByteLength: 0, storedTransferSyntaxUid: undefined })
  })
})

describe('the pixel module', () => {
  test.each([
    ['YBR_RCT', 'RGB'],
    ['YBR_ICT', 'RGB'],
    ['YBR_FULL_422', 'YBR_FULL'],
    ['XYB', 'RGB'],
    ['YBR_FULL', 'YBR_FULL'],
    ['RGB', 'RGB'],
  ])('describes decoded %s as %s, colour by pixel', (imported, decoded) => {
    const { attributes } = imageInstance(knownFrames(1, { components: 3, bitsPerSample: 8 }), {
      attributes: { PhotometricInterpretation: imported, PlanarConfiguration: 1 },
    })
    expect(attributes.string('PhotometricInterpretation')).toBe(decoded)
    expect(attributes.number('PlanarConfiguration')).toBe(0)
  })

  test.each(['MONOCHROME1', 'MONOCHROME2', 'PALETTE COLOR'])('does not change %s', (photometric) => {
    const { attributes } = imageInstance(knownFrames(1), { attributes: { PhotometricInterpretation: photometric } })
    expect(attributes.string('PhotometricInterpretation')).toBe(photometric)
    expect(attributes.has('PlanarConfiguration')).toBe(false)
  })

  test.each([
    [false, [0x0b, 0, 0x80, 0, 0xff, 0]],
    [true, [0x0b, 0, 0x80, 0xff, 0xff, 0xff]],
  ])('widens samples of 8 bits to 16 allocated bits (signed: %s)', async (isSigned, bytes) => {
    const pixels = Uint8Array.of(0x0b, 0x80, 0xff)
    const decoded = { width: 3, height: 1, components: 1, bitsPerSample: 8, isSigned, pixels, checksum: crc32(pixels) }
    const instance = imageInstance([{ codeStream: new Uint8Array(4), decoded }], { attributes: { BitsAllocated: 16 } })
    expect([...(await bytesOf(instance.part10())).subarray(-6)]).toEqual(bytes)
    const frame = await instance.frame(0)
    expect(frame).toEqual(isSigned ? Int16Array.of(11, -128, -1) : Uint16Array.of(11, 128, 255))
  })
})

describe('one frame', () => {
  test.each([
    [8, false, Uint8Array],
    [8, true, Int8Array],
    [16, false, Uint16Array],
    [16, true, Int16Array],
  ])('of %i bits, signed %s, is the matching typed array', async (bitsPerSample, isSigned, type) => {
    const frames = knownFrames(2, { bitsPerSample, isSigned })
    const frame = await imageInstance(frames).frame(1)
    expect(frame).toBeInstanceOf(type)
    expect(Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)).toEqual(joined(frames.slice(1)))
  })

  test('beyond the last is a RangeError', async () => {
    await expect(imageInstance(knownFrames(2)).frame(2)).rejects.toThrow(RangeError)
  })
})

describe('verification', () => {
  test('counts frames without a checksum as unverified', async () => {
    const instance = imageInstance(knownFrames(2), { instance: { ImageFrames: [{ ID: 'frame0' }, { ID: 'frame1' }] } })
    await bytesOf(instance.part10())
    expect(instance.frameChecks).toEqual({ verified: 0, unverified: 2 })
  })

  test('of lossy HTJ2K uses the encoded bytes', async () => {
    const frame = knownFrame(0)
    const good = lossyInstance(frame, crc32(frame.codeStream))
    await bytesOf(good.part10())
    expect(good.frameChecks).toEqual({ verified: 1, unverified: 0 })
    await expect(bytesOf(lossyInstance(frame, frame.decoded.checksum).part10())).rejects.toThrow(FrameChecksumError)
  })
})

function lossyInstance(frame: KnownFrame, checksum: number): DicomInstance {
  const checksums = [{ Width: 4, Height: 3, Checksum: checksum }]
  return imageInstance([frame], {
    instance: {
      StoredTransferSyntaxUID: '1.2.840.10008.1.2.4.203',
      ImageFrames: [{ ID: 'frame0', PixelDataChecksumFromBaseToFullResolution: checksums }],
    },
  })
}

function joined(frames: readonly KnownFrame[]): Buffer {
  return Buffer.concat(frames.map(({ decoded }) => decoded.pixels))
}
