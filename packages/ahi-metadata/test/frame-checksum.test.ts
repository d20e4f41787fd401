import { frameChecksum, fullResolutionChecksum, levelChecksums } from '@ahi-dicom/ahi-metadata'
import { describe, expect, test } from 'vitest'
import { readShared, withoutShared } from './shared-files.ts'
import type { FrameFormat } from '@ahi-dicom/ahi-metadata'

const IFRC_SAMPLE = 'ahi/ifrc-ct-512x375.dcm'

/** Returns the value of PixelData, the last element of an Implicit VR Little Endian file, without a DICOM reader. */
function pixelDataOf(file: Uint8Array, byteLength: number): Uint8Array {
  const start = file.byteLength - byteLength
  const header = new DataView(file.buffer, file.byteOffset + start - 8, 8)
  expect([header.getUint16(0, true), header.getUint16(2, true), header.getUint32(4, true)]).toEqual([
    0x7fe0,
    0x0010,
    byteLength,
  ])
  return file.subarray(start)
}

/** Returns a frame without symmetry that uses the whole range of its samples. */
function testPixels({ width, height, components, bitsPerSample, isSigned }: FrameFormat): Uint8Array {
  const bytes = bitsPerSample > 8 ? 2 : 1
  const pixels = new DataView(new ArrayBuffer(width * height * components * bytes))
  for (let index = 0; index < width * height * components; index += 1) {
    const value = (index * 2654435761) % 2 ** bitsPerSample
    const sample = isSigned ? value - 2 ** (bitsPerSample - 1) : value
    if (bytes === 1) pixels.setUint8(index, sample & 0xff)
    else pixels.setUint16(index * 2, sample & 0xffff, true)
  }
  return new Uint8Array(pixels.buffer)
}

test('a checksum is the unsigned CRC-32 of zlib', () => {
  expect(frameChecksum(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
  expect(frameChecksum(new Uint8Array(0))).toBe(0)
})

test('the full resolution is the widest level, in any order', () => {
  const levels = [512, 1024, 256].map((Width) => ({ Width, Height: 1, Checksum: Width }))
  expect(fullResolutionChecksum({ ID: 'f', PixelDataChecksumFromBaseToFullResolution: levels })?.Width).toBe(1024)
  expect(fullResolutionChecksum({ ID: 'f', PixelDataChecksumFromBaseToFullResolution: [] })).toBeUndefined()
  expect(fullResolutionChecksum({ ID: 'f' })).toBeUndefined()
})

test.skipIf(withoutShared(IFRC_SAMPLE))(
  'the checksums match those that the AHI developer guide prints for its sample',
  () => {
    const pixels = pixelDataOf(readShared(IFRC_SAMPLE), 512 * 375 * 2)
    const format = { width: 512, height: 375, components: 1, bitsPerSample: 16, isSigned: true }
    expect(levelChecksums(pixels, format)).toEqual([
      { Width: 256, Height: 188, Checksum: 2598394845 },
      { Width: 512, Height: 375, Checksum: 1227709180 },
    ])
  },
)

describe('lower levels', () => {
  test.each([
    [512, 512, [128, 256, 512]],
    [640, 480, [160, 320, 640]],
    [320, 240, [160, 320]],
    [512, 375, [256, 512]],
  ])('of %i x %i match the documents of 2023', (width, height, widths) => {
    const format = { width, height, components: 1, bitsPerSample: 8, isSigned: false }
    expect(levelChecksums(testPixels(format), format).map(({ Width }) => Width)).toEqual(widths)
  })

  // Computed with OpenJPH 0.31 (codec-openjph 2.4.11): lossless encoding of testPixels, then decodeSubResolution and
  // zlib.crc32.
  test.each([
    [{ width: 333, height: 241, components: 1, bitsPerSample: 16, isSigned: true }, [938226616, 2410692543]],
    [{ width: 260, height: 499, components: 1, bitsPerSample: 12, isSigned: false }, [2622607417, 1513768581]],
    [
      { width: 500, height: 481, components: 3, bitsPerSample: 8, isSigned: false },
      [3101128459, 1696920121, 2227383135],
    ],
  ])('of %o match the pixels that OpenJPH decodes', (format, checksums) => {
    expect(levelChecksums(testPixels(format), format).map(({ Checksum }) => Checksum)).toEqual(checksums)
  })
})

test('bytes that do not match the format are refused', () => {
  const format = { width: 4, height: 4, components: 1, bitsPerSample: 16, isSigned: true }
  expect(() => levelChecksums(new Uint8Array(31), format)).toThrow('has 31 bytes, not 32')
  expect(() => levelChecksums(new Uint8Array(64), { ...format, bitsPerSample: 32 })).toThrow(RangeError)
  expect(() => levelChecksums(new Uint8Array(0), { ...format, width: 0 })).toThrow(RangeError)
})
