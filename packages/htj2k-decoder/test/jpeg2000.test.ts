import { isDeepStrictEqual } from 'node:util'
import { crc32 } from 'node:zlib'
import { decodeFrame, readCodeStreamHeader } from '@ahi-dicom/htj2k-decoder'
import { describe, expect, test } from 'vitest'
import { encodeFrame } from './encode-frame.ts'
import { encodeJpeg2000 } from './encode-jpeg2000.ts'
import { fixture } from './fixtures.ts'
import { hashedSamples, smoothSamples } from './samples.ts'
import type { EncodeJpeg2000Options } from './encode-jpeg2000.ts'
import type { SampleFormat } from './samples.ts'

const GRAY: SampleFormat = { width: 67, height: 59, components: 1, bitsPerSample: 16, isSigned: true }
const COLOR: SampleFormat = { width: 67, height: 59, components: 3, bitsPerSample: 8, isSigned: false }
const gray = encodeJpeg2000(smoothSamples(GRAY), GRAY)
const EOC_LENGTH = 2
const SIZ_PRECISION = 42

async function comesBack(format: SampleFormat, options?: EncodeJpeg2000Options): Promise<boolean> {
  for (const samples of [hashedSamples(format), smoothSamples(format)]) {
    const frame = await decodeFrame(encodeJpeg2000(samples, format, options))
    if (!isDeepStrictEqual(frame, { ...format, pixels: samples, checksum: crc32(samples) })) return false
  }
  return true
}

function offsetOf(codeStream: Uint8Array, marker: number): number {
  return Buffer.from(codeStream).indexOf(Uint8Array.of(marker >> 8, marker & 0xff))
}

function withSegment(marker: number, ...content: number[]): Uint8Array {
  const end = offsetOf(gray, SOT)
  const head = [marker >> 8, marker & 0xff, 0, content.length + 2]
  return Uint8Array.of(...gray.subarray(0, end), ...head, ...content, ...gray.subarray(end))
}

/** Returns a copy with bytes replaced after a marker and its length. */
function inSegment(marker: number, offset: number, ...bytes: number[]): Uint8Array {
  const copy = gray.slice()
  copy.set(bytes, offsetOf(gray, marker) + 4 + offset)
  return copy
}

const [SIZ, COD, COC, QCC, SOT] = [0xff51, 0xff52, 0xff53, 0xff5d, 0xff90]

/** Returns a copy with a second, empty part of the tile, although the first part says that there is only one. */
function secondPartOfOne(): Uint8Array {
  const start = offsetOf(gray, SOT)
  const codeStream = gray.slice()
  codeStream[start + 11] = 1
  // A part without samples: SOT of 14 bytes with its SOD.
  const second = [0xff, 0x90, 0, 10, 0, 0, 0, 0, 0, 14, 1, 1, 0xff, 0x93]
  const end = codeStream.length - EOC_LENGTH
  return Uint8Array.of(...codeStream.subarray(0, end), ...second, ...codeStream.subarray(end))
}

describe('samples are decoded exactly', () => {
  test.each([1, 2, 3, 4, 7, 8, 9, 10, 12, 13, 15, 16])('gray, unsigned, %i bits', async (bitsPerSample) => {
    expect(await comesBack({ ...GRAY, bitsPerSample, isSigned: false })).toBe(true)
  })

  test.each([9, 10, 12, 15, 16])('gray, signed, %i bits', async (bitsPerSample) => {
    expect(await comesBack({ ...GRAY, bitsPerSample })).toBe(true)
  })

  test('colour with the colour transform', async () => {
    expect(await comesBack(COLOR)).toBe(true)
  })

  test.each([
    [1, 1],
    [1, 2],
    [2, 1],
    [1, 131],
    [131, 1],
    [511, 33],
  ])('%i x %i', async (width, height) => {
    expect(await comesBack({ ...GRAY, width, height }, { decompositions: 0 })).toBe(true)
    expect(await comesBack({ ...COLOR, width, height }, { decompositions: 0 })).toBe(true)
  })

  test.each([0, 1, 3])('%i decompositions', async (decompositions) => {
    expect(await comesBack(GRAY, { decompositions })).toBe(true)
  })

  // Written losslessly by opj_compress from samples of samples.ts: see fixtures/README.md.
  test.each([
    ['part1-rgb-8-bit-without-transform.j2k', 13, 8, hashedSamples],
    ['part1-rgb-12-bit.jp2', 13, 12, hashedSamples],
    ['part1-rgb-16-bit-with-layers.j2k', 13, 16, hashedSamples],
    ['part1-rgb-every-option.j2k', 29, 8, smoothSamples],
    ['part1-region-of-interest.j2k', 29, 8, smoothSamples],
    ['part1-progression-changes.j2k', 29, 8, smoothSamples],
  ])('%s', async (name, width, bitsPerSample, samplesOf) => {
    const format = { width, height: width === 13 ? 10 : 21, components: 3, bitsPerSample, isSigned: false }
    const samples = samplesOf(format)
    expect(await decodeFrame(fixture(name))).toEqual({ ...format, pixels: samples, checksum: crc32(samples) })
  })
})

describe('signed samples of up to 8 bits, which the codec clamps if they are gray,', () => {
  /** A code stream of 16 bits with another SIZ is one of fewer bits, as long as the samples fit. */
  test.each([1, 2, 7, 8])('of %i bits are decoded exactly', async (bitsPerSample) => {
    const format = { ...GRAY, bitsPerSample }
    const samples = hashedSamples(format)
    const wide = new Uint8Array(Int16Array.from(new Int8Array(samples.buffer)).buffer)
    const codeStream = encodeJpeg2000(wide, GRAY)
    codeStream[SIZ_PRECISION] = 0x80 | (bitsPerSample - 1)
    expect(await decodeFrame(codeStream)).toEqual({ ...format, pixels: samples, checksum: crc32(samples) })
  })

  test('are refused if they are gray and lossy', async () => {
    const codeStream = encodeJpeg2000(smoothSamples(GRAY), GRAY, { ratio: 4 })
    codeStream[SIZ_PRECISION] = 0x87
    await expect(decodeFrame(codeStream)).rejects.toMatchObject({ code: 'CODE_STREAM_UNSUPPORTED' })
  })
})

test('lossy samples are close', async () => {
  const samples = smoothSamples(COLOR)
  const codeStream = encodeJpeg2000(samples, COLOR, { ratio: 4 })
  const { pixels } = await decodeFrame(codeStream)
  expect(readCodeStreamHeader(codeStream).isReversible).toBe(false)
  const largest = pixels.reduce((most, sample, index) => Math.max(most, Math.abs(sample - (samples[index] ?? 0))), 0)
  expect(largest).toBeLessThan(12)
})

// Both use the 5/3 wavelet, so OpenJPH can compute the lower resolutions from its own code stream of the samples.
test.each([GRAY, COLOR])('lower resolutions equal those of HTJ2K: %o', async (format) => {
  const samples = smoothSamples(format)
  const codeStream = encodeJpeg2000(samples, format, { decompositions: 3 })
  const highThroughput = encodeFrame(samples, format, { decompositions: 3 })
  for (const discardLevels of [1, 2, 3, 9]) {
    expect(await decodeFrame(codeStream, { discardLevels })).toEqual(
      await decodeFrame(highThroughput, { discardLevels }),
    )
  }
})

describe('the header', () => {
  test('has the properties of a code stream', () => {
    expect(readCodeStreamHeader(fixture('part1-rgb-every-option.j2k'))).toEqual({
      width: 29,
      height: 21,
      components: 3,
      bitsPerSample: 8,
      isSigned: false,
      isHighThroughput: false,
      tileWidth: 16,
      tileHeight: 13,
      isOnWiderGrid: false,
      progressionOrder: 'RLCP',
      layers: 3,
      usesColorTransform: true,
      decompositions: 2,
      blockWidth: 64,
      blockHeight: 64,
      isReversible: true,
    })
  })

  test.each([
    ['the coding style of a component', withSegment(COC, 0, 0, 5, 4, 4, 0, 1)],
    ['no bytes of padding or many', Uint8Array.of(...gray, 0xff, 0, 0)],
    ['other bytes after the end', Uint8Array.of(...gray, 1, 2)],
    ['a last tile-part without a length', inSegment(SOT, 2, 0, 0, 0, 0)],
    ['a number of tile-parts that is too low by one', secondPartOfOne()],
  ])('may have %s', async (_name, codeStream) => {
    expect((await decodeFrame(codeStream)).pixels).toEqual(smoothSamples(GRAY))
  })

  test('has the smallest number of decompositions of all components', () => {
    const components = fixture('part1-rgb-8-bit-without-transform.j2k')
    const end = offsetOf(components, SOT)
    const style = [0xff, 0x53, 0, 9, 1, 0, 1, 4, 4, 0, 1]
    const codeStream = Uint8Array.of(...components.subarray(0, end), ...style, ...components.subarray(end))
    expect(readCodeStreamHeader(codeStream).decompositions).toBe(1)
    const inTile = Uint8Array.of(...components.subarray(0, end + 12), ...style, ...components.subarray(end + 12))
    new DataView(inTile.buffer).setUint32(end + 6, new DataView(components.buffer).getUint32(end + 6) + style.length)
    expect(readCodeStreamHeader(inTile).decompositions).toBe(1)
  })

  test.each([
    ['extensions of Part 2', inSegment(SIZ, 0, 0x80), 'UNSUPPORTED', 'extensions of JPEG 2000 Part 2'],
    ['more than 16 bits', inSegment(SIZ, 36, 16), 'UNSUPPORTED', '17 bits'],
    ['a sample spacing of 0', inSegment(SIZ, 37, 0), 'INVALID', 'its sample spacing is 0'],
    ['an image offset', inSegment(SIZ, 10, 0, 0, 0, 1), 'UNSUPPORTED', 'do not begin at the origin'],
    ['packed packet headers', withSegment(0xff60, 0), 'UNSUPPORTED', 'a PPM segment'],
    ['blocks with high throughput', inSegment(COD, 8, 0x40), 'INVALID', 'not JPEG 2000 Part 1'],
    ['no layer', inSegment(COD, 2, 0, 0), 'INVALID', 'no layer'],
    ['the style of no component', withSegment(COC, 1, 0, 5, 4, 4, 0, 1), 'INVALID', 'names component 1'],
    ['a cut style of a component', withSegment(COC, 0, 0, 5), 'INVALID', 'COC segment is too short'],
    ['quantization that does not fit', withSegment(QCC, 0, 0x42, 1, 1), 'INVALID', 'does not fit its wavelet'],
  ])('with %s is refused', async (_name, codeStream, code, why) => {
    await expect(decodeFrame(codeStream)).rejects.toMatchObject({
      code: `CODE_STREAM_${code}`,
      why: expect.stringContaining(why),
      byteLength: codeStream.length,
    })
  })

  test('with other than one or three components is refused', async () => {
    const components = fixture('part1-rgb-8-bit-without-transform.j2k')
    const start = offsetOf(components, SIZ)
    const added = Uint8Array.of(...components.subarray(0, start + 49), 7, 1, 1, ...components.subarray(start + 49))
    added[start + 3] = 50
    added[start + 39] = 4
    await expect(decodeFrame(added)).rejects.toThrow('it has 4 components, neither 1 nor 3')
  })
})

test.each(['part1-rgb-every-option.j2k', 'part1-rgb-12-bit.jp2', 'part1-progression-changes.j2k'])(
  'every part of %s that is not the whole is refused as truncated',
  async (name) => {
    const whole = fixture(name)
    for (let length = 14; length < whole.length; length += 7) {
      const cut = decodeFrame(whole.subarray(0, length))
      await expect(cut, `of ${length} bytes`).rejects.toMatchObject({ code: 'CODE_STREAM_TRUNCATED' })
    }
  },
)
