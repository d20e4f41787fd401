import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { readCodeStreamEnd } from '@ahi-dicom/htj2k-decoder/headers'
import { describe, expect, test } from 'vitest'
import { encodeFrame } from './encode-frame.ts'
import { encodeJpeg2000 } from './encode-jpeg2000.ts'
import { fixture } from './fixtures.ts'
import { smoothSamples } from './samples.ts'

const format = { width: 70, height: 50, components: 1, bitsPerSample: 12, isSigned: false }
const highThroughput = encodeFrame(smoothSamples(format), format)
const codeStreams = [
  ['HTJ2K', highThroughput],
  ['HTJ2K in tiles', encodeFrame(smoothSamples(format), format, { tile: { width: 32, height: 20 } })],
  ['HTJ2K with a last tile-part without a length', withoutPartLength(highThroughput)],
  ['JPEG 2000', encodeJpeg2000(smoothSamples(format), format)],
  ['JPEG 2000 in boxes', boxed(encodeJpeg2000(smoothSamples(format), format))],
  ['JPEG', fixture('jpeg-2x2.jpg')],
  ['JPEG of several scans', fixture('jpeg-scans.jpg')],
  ['JPEG with restarts', fixture('jpeg-restarts.jpg')],
  ['progressive JPEG', fixture('jpeg-progressive.jpg')],
] as const
const padding = [[0], [0, 0], [0xff], Array.from({ length: 1001 }, () => 0)]
const garbage = [[1], [0x0d, 0x0a, 0x1a], [0xff, 0xd9], [0, 0, 7], [0xff, 0x90, 0, 10], [0xff, 0xd8, 0xff, 0xe0]]

function withoutPartLength(codeStream: Uint8Array): Uint8Array {
  const copy = codeStream.slice()
  copy.fill(0, ...partLength(Buffer.from(copy).lastIndexOf(Uint8Array.of(0xff, 0x90))))
  return copy
}

function partLength(startOfPart: number): [start: number, end: number] {
  return [startOfPart + 6, startOfPart + 10]
}

/** Returns a JP2 file: the signature and one code stream box that reaches to the end (T.800 I.4). */
function boxed(codeStream: Uint8Array): Uint8Array {
  const signature = [0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a]
  return Uint8Array.of(...signature, 0, 0, 0, 0, ...new TextEncoder().encode('jp2c'), ...codeStream)
}

describe.each(codeStreams)('%s', (_name, codeStream) => {
  test('ends at its marker', () => {
    expect(readCodeStreamEnd(codeStream)).toEqual({ isMissing: false, strayByteLength: 0 })
  })

  test('decodes with padding after its end', async () => {
    const { checksum } = await decodeFrame(codeStream)
    for (const bytes of padding) {
      const padded = Uint8Array.of(...codeStream, ...bytes)
      expect(readCodeStreamEnd(padded)).toEqual({ isMissing: false, strayByteLength: 0 })
      expect((await decodeFrame(padded)).checksum).toBe(checksum)
    }
  })

  test('decodes with other bytes after its end, and they are counted', async () => {
    const { checksum } = await decodeFrame(codeStream)
    for (const bytes of garbage) {
      const longer = Uint8Array.of(...codeStream, ...bytes)
      expect(readCodeStreamEnd(longer)).toEqual({ isMissing: false, strayByteLength: bytes.length })
      expect((await decodeFrame(longer)).checksum).toBe(checksum)
    }
  })

  test('is refused without its end, even with padding in its place', async () => {
    const cut = codeStream.subarray(0, -2)
    for (const bytes of [[], ...padding]) {
      const padded = Uint8Array.of(...cut, ...bytes)
      expect(readCodeStreamEnd(padded)?.isMissing).not.toBe(false)
      await expect(decodeFrame(padded)).rejects.toMatchObject({ name: 'CodeStreamError' })
    }
  })
})

test('in samples of JPEG-LS, all bytes below 80 may follow FF', () => {
  const scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0, 0xff, 0x3c, 0xff, 0x7f, 1, 2]
  const frame = [0xff, 0xd8, 0xff, 0xf7, 0, 11, 8, 0, 4, 0, 4, 1, 1, 0x11, 0]
  expect(readCodeStreamEnd(Uint8Array.of(...frame, ...scan, 0xff, 0xd9, 7))).toEqual({
    isMissing: false,
    strayByteLength: 1,
  })
})

test('other bytes have no end', () => {
  for (const bytes of [[], [0xff], [0xff, 0x4f], [0xff, 0xd8], [0xff, 0x0a, 1, 2], [1, 2, 3, 4]]) {
    expect(readCodeStreamEnd(Uint8Array.from(bytes))?.isMissing).not.toBe(false)
  }
})
