import { crc32 } from 'node:zlib'
import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { describe, expect, test } from 'vitest'
import { fixture } from './fixtures.ts'

const COLOR = { width: 29, height: 21, components: 3, bitsPerSample: 8, isSigned: false }
const GRAY = { ...COLOR, components: 1 }
const [SOF0, DQT, SOS, APP0] = [0xffc0, 0xffdb, 0xffda, 0xffe0]
const ADOBE = [...new TextEncoder().encode('Adobe'), 0, 100, 0, 0, 0, 0]
const jpeg = fixture('jpeg-2x2.jpg')

function offsetOf(bytes: Uint8Array, marker: number): number {
  return Buffer.from(bytes).indexOf(Uint8Array.of(marker >> 8, marker & 0xff))
}

/** Returns a copy with bytes replaced after a marker and its length. */
function inSegment(marker: number, offset: number, ...bytes: number[]): Uint8Array {
  const copy = jpeg.slice()
  copy.set(bytes, offsetOf(jpeg, marker) + 4 + offset)
  return copy
}

/** Returns a copy with a segment before the first table. */
function withSegment(marker: number, ...content: number[]): Uint8Array {
  const start = offsetOf(jpeg, DQT)
  const head = [marker >> 8, marker & 0xff, 0, content.length + 2]
  return Uint8Array.of(...jpeg.subarray(0, start), ...head, ...content, ...jpeg.subarray(start))
}

/** Returns a copy with another SOF marker. */
function withProcess(marker: number): Uint8Array {
  const copy = jpeg.slice()
  copy[offsetOf(jpeg, SOF0) + 1] = marker
  return copy
}

function withoutSegment(marker: number): Uint8Array {
  const start = offsetOf(jpeg, marker)
  const length = new DataView(jpeg.buffer).getUint16(start + 2) + 2
  return Uint8Array.of(...jpeg.subarray(0, start), ...jpeg.subarray(start + length))
}

/** Returns a copy with other component identifiers. */
function withComponents(...ids: readonly number[]): Uint8Array {
  const copy = jpeg.slice()
  ids.forEach((id, index) => {
    copy[offsetOf(jpeg, SOF0) + 10 + 3 * index] = id
    copy[offsetOf(jpeg, SOS) + 5 + 2 * index] = id
  })
  return copy
}

function withFourComponents(): Uint8Array {
  const start = offsetOf(jpeg, SOF0)
  const copy = Uint8Array.of(...jpeg.subarray(0, start + 19), 4, 0x11, 0, ...jpeg.subarray(start + 19))
  copy[start + 3] = 20
  copy[start + 9] = 4
  return copy
}

// The checksums are by zlib.crc32 over the result of dcmtk's `dcmdjpeg +cn` for the same file (libjpeg 6b, no colour
// conversion). For 1x2 and the arithmetic one see fixtures/README.md.
test.each([
  ['jpeg-1x1.jpg', COLOR, 1673259166],
  ['jpeg-2x1.jpg', COLOR, 2792288895],
  ['jpeg-2x2.jpg', COLOR, 2934028670],
  ['jpeg-4x1.jpg', COLOR, 2067886389],
  ['jpeg-1x4.jpg', COLOR, 961307218],
  ['jpeg-2x1-each.jpg', COLOR, 1673259166],
  ['jpeg-rgb.jpg', COLOR, 2678969005],
  ['jpeg-restarts.jpg', COLOR, 2934028670],
  ['jpeg-scans.jpg', COLOR, 2792288895],
  ['jpeg-progressive.jpg', COLOR, 2934028670],
  ['jpeg-gray.jpg', GRAY, 1933238870],
  ['jpeg-gray-2x2.jpg', GRAY, 1933238870],
  ['jpeg-1x2.jpg', COLOR, 1946693068],
])('%s decodes to its components as coded', async (name, format, checksum) => {
  const { pixels, ...frame } = await decodeFrame(fixture(name))
  expect(frame).toEqual({ ...format, checksum })
  expect(crc32(pixels)).toBe(checksum)
  expect(pixels).toHaveLength(29 * 21 * format.components)
})

describe('colour segments change nothing:', () => {
  test.each([
    ['YCbCr, by Adobe', withSegment(0xffee, ...ADOBE, 1)],
    ['RGB, by Adobe', withSegment(0xffee, ...ADOBE, 0)],
    ['RGB, by the names of the components', withComponents(82, 71, 66)],
    ['nothing', withoutSegment(APP0)],
    ['a comment', withSegment(0xfffe, 65, 66)],
  ])('%s', async (_name, bytes) => {
    expect((await decodeFrame(bytes)).checksum).toBe(2934028670)
  })
})

test.each([
  ['padding after its end', Uint8Array.of(...jpeg, 0, 0, 0xff)],
  ['fill bytes before a marker', Uint8Array.of(...jpeg.subarray(0, -2), 0xff, 0xff, 0xff, 0xd9)],
])('may have %s', async (_name, bytes) => {
  expect((await decodeFrame(bytes)).checksum).toBe(2934028670)
})

describe('refuses', () => {
  test.each([
    ['12 bits', inSegment(SOF0, 0, 12), 'UNSUPPORTED', 'JPEG of 12 bits'],
    ['subsampled lossless JPEG', withProcess(0xc3), 'UNSUPPORTED', 'the sampling factors'],
    ['JPEG-LS', withProcess(0xf7), 'UNSUPPORTED', 'another process (JPEG-LS)'],
    ['hierarchical', withProcess(0xc5), 'UNSUPPORTED', 'another process (extended-hierarchical)'],
    ['arithmetic', fixture('jpeg-arithmetic.jpg'), 'UNSUPPORTED', 'another process (extended-arithmetic)'],
    ['a height that follows', inSegment(SOF0, 1, 0, 0), 'UNSUPPORTED', '(DNL)'],
    ['no width', inSegment(SOF0, 3, 0, 0), 'INVALID', '0 x 21'],
    ['sampling of other ratios', inSegment(SOF0, 7, 0x31), 'UNSUPPORTED', 'the sampling factors 311111'],
    ['two frames', withSegment(0xffc1, 8, 0, 21, 0, 29, 1, 1, 0x11, 0), 'INVALID', 'two frames'],
    ['four components', withFourComponents(), 'UNSUPPORTED', '4 components, neither 1 nor 3'],
    ['a frame of the wrong length', inSegment(SOF0, 5, 2), 'INVALID', 'cannot hold 2 components'],
    ['a cut frame', withSegment(0xffc0, 8, 0), 'INVALID', 'SOF segment is too short'],
    ['a scan before the frame', withProcess(0xe5), 'INVALID', 'a scan before its frame'],
    ['a scan of the wrong length', inSegment(SOS, 0, 2), 'INVALID', 'SOS segment is damaged'],
    ['a component without a scan', inSegment(SOS, 3, 1), 'TRUNCATED', 'one of its components has no scan'],
    ['no frame', Uint8Array.of(0xff, 0xd8, 0xff, 0xd9), 'INVALID', 'no frame'],
    ['an invalid marker', withSegment(0xff02), 'INVALID', 'the marker FF02'],
    ['a restart outside of a scan', withSegment(0xffd3), 'INVALID', 'the marker FFD3'],
    ['an unknown segment', withSegment(0xffde, 0), 'UNSUPPORTED', 'a FFDE segment'],
    ['no table', withoutSegment(DQT), 'INVALID', 'the codec failed: its coded samples are damaged'],
  ])('%s', async (_name, bytes, code, why) => {
    await expect(decodeFrame(bytes)).rejects.toMatchObject({
      code: `CODE_STREAM_${code}`,
      why: expect.stringContaining(why),
      byteLength: bytes.length,
    })
  })

  test('every incomplete beginning, as truncated', async () => {
    for (const name of ['jpeg-2x2.jpg', 'jpeg-progressive.jpg', 'jpeg-scans.jpg']) {
      const whole = fixture(name)
      for (let length = 2; length < whole.length; length += 3) {
        const cut = decodeFrame(whole.subarray(0, length))
        await expect(cut, `${name}: ${length}`).rejects.toMatchObject({ code: 'CODE_STREAM_TRUNCATED' })
      }
    }
  })

  test('coded samples that end early before an EOI', async () => {
    for (const name of ['jpeg-2x2.jpg', 'jpeg-restarts.jpg', 'jpeg-gray.jpg']) {
      const whole = fixture(name)
      const start = offsetOf(whole, SOS) + 14
      for (let length = start; length < whole.length - 3; length += 11) {
        const cut = Uint8Array.of(...whole.subarray(0, length), 0xff, 0xd9)
        await expect(decodeFrame(cut), `${name}: ${length}`).rejects.toMatchObject({ name: 'CodeStreamError' })
      }
    }
  })

  test('lower resolutions, and samples above the size limit', async () => {
    await expect(decodeFrame(jpeg, { discardLevels: 1 })).rejects.toThrow('has no lower resolutions')
    await expect(decodeFrame(jpeg, { maxFrameByteLength: 29 * 21 * 3 - 1 })).rejects.toThrow('take 1827 bytes')
    expect((await decodeFrame(jpeg, { maxFrameByteLength: 29 * 21 * 3 })).checksum).toBe(2934028670)
  })
})
