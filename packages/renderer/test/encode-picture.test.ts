import { PNG } from 'pngjs'
import { describe, expect, test } from 'vitest'
import { encodePicture } from '@ahi-dicom/renderer'
import type { Picture } from '@ahi-dicom/renderer'

/** A pattern that stays irregular under every filter, large enough for several buffers of the compressor. */
function picture(width: number, height: number, channels: 1 | 3, bits: 8 | 16): Picture {
  const data = new (bits === 8 ? Uint8Array : Uint16Array)(width * height * channels)
  for (let i = 0; i < data.length; i++) data[i] = Math.imul(i ^ (i >>> 7), 0x9e3779b1) >>> 13
  return { width, height, channels, bits, data }
}

/** Encodes with pngjs, with the same filter and compression. It takes 16-bit samples as rows of twice as many bytes. */
function packedByPngjs({ width, height, channels, bits, data }: Picture): Buffer {
  const bytes = Buffer.from(data.buffer.slice(0))
  if (bits === 16) bytes.swap16()
  const colorType = channels === 1 ? 0 : 2
  const png = Object.assign(new PNG(), { width: (width * bits) / 8, height, data: bytes })
  return PNG.sync.write(png, {
    colorType,
    inputColorType: colorType,
    inputHasAlpha: false,
    filterType: 2,
    deflateLevel: 1,
    deflateStrategy: 3,
    deflateChunkSize: 1 << 18,
  })
}

const headerEnd = 33

describe('encodePicture', () => {
  test.each([
    ['grey', picture(509, 601, 1, 8)],
    ['colour', picture(37, 11, 3, 8)],
    ['one pixel', picture(1, 1, 1, 8)],
  ])('returns the bytes of pngjs for %s of 8 bits', (_, picture) => {
    expect(Buffer.compare(encodePicture(picture), packedByPngjs(picture))).toBe(0)
  })

  test.each([
    ['grey', picture(509, 601, 1, 16)],
    ['colour', picture(37, 11, 3, 16)],
  ])('returns the bytes of pngjs for %s of 16 bits, except the header', (_, picture) => {
    const png = encodePicture(picture)
    expect(Buffer.compare(png.subarray(headerEnd), packedByPngjs(picture).subarray(headerEnd))).toBe(0)
    expect(PNG.sync.read(Buffer.from(png))).toMatchObject({ width: picture.width, height: picture.height, depth: 16 })
  })

  test('adds only a pHYs chunk for the density of pixels', () => {
    const grey = picture(3, 2, 1, 8)
    const plain = encodePicture(grey)
    const dense = encodePicture(grey, { density: { x: 4000, y: 2000, unit: 'metre' } })
    // Length, type, pixels per metre along x and y, unit. The CRC-32 was computed by Python's zlib.
    const chunk = Buffer.from('000000097048597300000fa0000007d0018146a439', 'hex')
    expect(Buffer.from(dense)).toEqual(Buffer.concat([plain.subarray(0, headerEnd), chunk, plain.subarray(headerEnd)]))
  })

  test('accepts a picture that is part of a larger buffer', () => {
    const whole = picture(8, 4, 1, 16)
    const part = { ...whole, height: 2, data: whole.data.subarray(16) }
    expect(encodePicture(part)).toEqual(encodePicture({ ...part, data: part.data.slice() }))
  })
})
