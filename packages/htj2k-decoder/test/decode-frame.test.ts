import { isDeepStrictEqual } from 'node:util'
import { crc32 } from 'node:zlib'
import { CodeStreamError, decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { describe, expect, test } from 'vitest'
import { encodeFrame } from './encode-frame.ts'
import { fixture } from './fixtures.ts'
import { hashedSamples, smoothSamples } from './samples.ts'
import type { EncodeOptions } from './encode-frame.ts'
import type { SampleFormat } from './samples.ts'

const GRAY: SampleFormat = { width: 37, height: 29, components: 1, bitsPerSample: 16, isSigned: true }
const COLOR: SampleFormat = { width: 37, height: 29, components: 3, bitsPerSample: 8, isSigned: false }

/** Checks that random and smooth samples are decoded exactly, and that the frame has their properties. */
async function comesBack(format: SampleFormat, options?: EncodeOptions): Promise<boolean> {
  for (const samples of [hashedSamples(format), smoothSamples(format)]) {
    const frame = await decodeFrame(encodeFrame(samples, format, options))
    if (!isDeepStrictEqual(frame, { ...format, pixels: samples, checksum: crc32(samples) })) return false
  }
  return true
}

/**
 * Returns a lossless code stream of fewer bits. It is the code stream of 16 bits with another SIZ, as long as the
 * samples fit.
 */
function encodeNarrow(format: SampleFormat): { codeStream: Uint8Array; samples: Uint8Array } {
  const samples = hashedSamples(format)
  const wide = new Uint8Array(Int16Array.from(new Int8Array(samples.buffer)).buffer)
  const codeStream = encodeFrame(wide, { ...format, bitsPerSample: 16 })
  codeStream[42] = 0x80 | (format.bitsPerSample - 1)
  return { codeStream, samples }
}

describe('samples are decoded exactly', () => {
  test.each([1, 2, 3, 4, 7, 8, 9, 10, 12, 13, 15, 16])('gray, unsigned, %i bits', async (bitsPerSample) => {
    expect(await comesBack({ ...GRAY, bitsPerSample, isSigned: false })).toBe(true)
  })

  test.each([9, 10, 12, 15, 16])('gray, signed, %i bits', async (bitsPerSample) => {
    expect(await comesBack({ ...GRAY, bitsPerSample })).toBe(true)
  })

  test.each([2, 3, 4])('%i components of 8 bits, with and without colour transform', async (components) => {
    expect(await comesBack({ ...COLOR, components })).toBe(true)
    expect(await comesBack({ ...COLOR, components }, { usesColorTransform: false })).toBe(true)
    expect(
      await comesBack({ ...COLOR, components }, { usesColorTransform: false, tile: { width: 16, height: 9 } }),
    ).toBe(true)
  })

  test.each([
    [1, 1],
    [1, 2],
    [2, 1],
    [3, 5],
    [1, 131],
    [131, 1],
    [17, 33],
    [65, 64],
    [511, 513],
    [2049, 3],
  ])('%i x %i', async (width, height) => {
    expect(await comesBack({ ...GRAY, width, height })).toBe(true)
    expect(await comesBack({ ...COLOR, width, height }, { usesColorTransform: false })).toBe(true)
  })

  test.each([1, 2, 6, 8])('%i decompositions', async (decompositions) => {
    expect(await comesBack(GRAY, { decompositions })).toBe(true)
  })

  test('no decomposition', async () => {
    // The encoder loses the lowest sample of the whole range here: OpenJPEG also reads 0 for -32768.
    const samples = smoothSamples(GRAY)
    const frame = await decodeFrame(encodeFrame(samples, GRAY, { decompositions: 0 }))
    expect(frame.pixels).toEqual(samples)
  })

  test.each([0, 1, 2, 3, 4])('progression order %i', async (progressionOrder) => {
    expect(await comesBack(COLOR, { progressionOrder, tile: { width: 20, height: 20 } })).toBe(true)
  })

  test.each([4, 16, 32, 64])('blocks of %i', async (blockSide) => {
    expect(await comesBack(GRAY, { blockSide })).toBe(true)
  })

  test.each([
    [16, 16],
    [10, 7],
    [1, 1],
    [37, 4],
  ])('tiles of %i x %i', async (width, height) => {
    expect(await comesBack(GRAY, { tile: { width, height } })).toBe(true)
    expect(await comesBack(COLOR, { tile: { width, height } })).toBe(true)
  })
})

// Written by ojph_compress and decoded to the same samples by OpenJPEG: see fixtures/README.md.
test.each([
  ['rgb-8-bit-without-transform', 8],
  ['rgb-16-bit-without-transform', 16],
  ['rgb-16-bit-with-transform', 16],
])('%s of another encoder is decoded exactly', async (name, bitsPerSample) => {
  const codeStream = fixture(`${name}.j2c`)
  const format = { width: 13, height: 10, components: 3, bitsPerSample, isSigned: false }
  const frame = await decodeFrame(codeStream)
  expect(frame).toEqual({ ...format, pixels: hashedSamples(format), checksum: crc32(hashedSamples(format)) })
})

describe('signed samples of up to 8 bits, which the codec clamps,', () => {
  test.each([1, 2, 4, 7, 8])('of %i bits are decoded exactly', async (bitsPerSample) => {
    const format = { ...GRAY, bitsPerSample }
    const { codeStream, samples } = encodeNarrow(format)
    expect(await decodeFrame(codeStream)).toEqual({ ...format, pixels: samples, checksum: crc32(samples) })
  })

  test('are refused if they are lossy', async () => {
    const codeStream = encodeFrame(smoothSamples(GRAY), GRAY, { quantizationStep: 0.01 })
    codeStream[42] = 0x87
    await expect(decodeFrame(codeStream)).rejects.toMatchObject({ code: 'CODE_STREAM_UNSUPPORTED' })
  })
})

test('lossy samples are close', async () => {
  const samples = smoothSamples(COLOR)
  const { pixels } = await decodeFrame(encodeFrame(samples, COLOR, { quantizationStep: 0.002 }))
  const largest = pixels.reduce((most, sample, index) => Math.max(most, Math.abs(sample - (samples[index] ?? 0))), 0)
  expect(largest).toBeLessThan(4)
})

describe('lower resolutions', () => {
  const format = { width: 45, height: 27, components: 3, bitsPerSample: 8, isSigned: false }
  const samples = smoothSamples(format)

  test('halve the sides, rounded up, down to the lowest resolution', async () => {
    const codeStream = encodeFrame(samples, format, { decompositions: 3 })
    const frames = await Promise.all([0, 1, 2, 3, 4].map((discardLevels) => decodeFrame(codeStream, { discardLevels })))
    const sizes = frames.map(({ width, height, pixels }) => [width, height, pixels.length])
    expect(sizes).toEqual([
      [45, 27, 3645],
      [23, 14, 966],
      [12, 7, 252],
      [6, 4, 72],
      [6, 4, 72],
    ])
  })

  test('of components without colour transform equal those of each component alone', async () => {
    const codeStream = encodeFrame(samples, format, { usesColorTransform: false })
    const color = await decodeFrame(codeStream, { discardLevels: 2 })
    for (const component of [0, 1, 2]) {
      const own = samples.filter((_, index) => index % 3 === component)
      const gray = await decodeFrame(encodeFrame(own, { ...format, components: 1 }), { discardLevels: 2 })
      expect(color.pixels.filter((_, index) => index % 3 === component)).toEqual(gray.pixels)
    }
  })

  test.each([
    [12, false],
    [12, true],
    [6, false],
  ])('of sharp edges stay within the range of %i bits, signed: %s', async (bitsPerSample, isSigned) => {
    const own = { width: 64, height: 64, components: 1, bitsPerSample, isSigned }
    const least = isSigned ? -(2 ** (bitsPerSample - 1)) : 0
    const most = least + 2 ** bitsPerSample - 1
    const values = Int16Array.from({ length: 64 * 64 }, (_, index) =>
      ((index % 13) + (index >> 6)) % 13 < 7 ? least : most,
    )
    const bytes = bitsPerSample > 8 ? new Uint8Array(values.buffer) : Uint8Array.from(values)
    const { pixels } = await decodeFrame(encodeFrame(bytes, own), { discardLevels: 1 })
    const lower = bitsPerSample > 8 ? new Int16Array(pixels.buffer) : pixels
    expect(lower).toHaveLength(32 * 32)
    expect(Math.min(...lower)).toBe(least)
    expect(Math.max(...lower)).toBe(most)
  })

  // By zlib.crc32 for the levels that AHI prints: the same image as in frame-checksum.test.ts of ahi-metadata.
  test('match the checksums that AHI documents list', async () => {
    const gray = { width: 333, height: 241, components: 1, bitsPerSample: 16, isSigned: true }
    const values = Int16Array.from({ length: 333 * 241 }, (_, index) => ((index * 2654435761) % 65536) - 32768)
    const frame = await decodeFrame(encodeFrame(new Uint8Array(values.buffer), gray), { discardLevels: 1 })
    expect(frame).toMatchObject({ width: 167, height: 121, checksum: 938226616 })
  })
})

describe('input', () => {
  const samples = smoothSamples(GRAY)
  const codeStream = encodeFrame(samples, GRAY)

  test('is not changed', async () => {
    const copy = codeStream.slice()
    await decodeFrame(copy)
    expect(copy).toEqual(codeStream)
  })

  test('may be a part of a larger buffer', async () => {
    const larger = new Uint8Array(codeStream.length + 20)
    larger.set(codeStream, 7)
    const frame = await decodeFrame(larger.subarray(7, 7 + codeStream.length))
    expect(frame.pixels).toEqual(samples)
  })

  test('may end with one byte of padding, as in a DICOM fragment', async () => {
    expect((await decodeFrame(Uint8Array.of(...codeStream, 0))).pixels).toEqual(samples)
  })

  test('may be boxed (.jph), with the length of the last box given or left out', async () => {
    const signature = [0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a]
    const other = [0, 0, 0, 10, 0x6a, 0x70, 0x32, 0x68, 1, 2]
    const type = [0x6a, 0x70, 0x32, 0x63]
    const length = new Uint8Array(new Uint32Array([codeStream.length + 8]).buffer).toReversed()
    const longLength = new Uint8Array(new BigUint64Array([BigInt(codeStream.length + 16)]).buffer).toReversed()
    const boxed = [
      [...signature, ...other, ...length, ...type, ...codeStream, ...other],
      [...signature, ...other, 0, 0, 0, 1, ...type, ...longLength, ...codeStream, ...other],
      [...signature, ...other, 0, 0, 0, 0, ...type, ...codeStream],
    ]
    for (const bytes of boxed) expect((await decodeFrame(Uint8Array.from(bytes))).pixels).toEqual(samples)
    const cut = Uint8Array.from(boxed[0] ?? []).subarray(0, 60)
    await expect(decodeFrame(cut)).rejects.toMatchObject({ code: 'CODE_STREAM_TRUNCATED' })
    await expect(decodeFrame(Uint8Array.of(...signature, ...other))).rejects.toThrow('has no complete code stream box')
  })

  test('of any kind does not affect the frames before and after it', async () => {
    const other = encodeFrame(smoothSamples(COLOR), COLOR)
    const errors: unknown[] = []
    for (const bad of [
      new Uint8Array(0),
      codeStream.subarray(0, 300),
      other.map((byte, at) => (at > 200 ? byte ^ 0x55 : byte)),
    ]) {
      await decodeFrame(bad).catch((error: unknown) => errors.push(error))
      expect((await decodeFrame(codeStream)).pixels).toEqual(samples)
    }
    expect(errors.length).toBeGreaterThanOrEqual(2)
    expect(errors.every((error) => error instanceof CodeStreamError)).toBe(true)
  })
})

describe('options', () => {
  const codeStream = encodeFrame(smoothSamples(GRAY), GRAY)

  test('limit the size of the samples', async () => {
    const maxFrameByteLength = 37 * 29 * 2
    expect((await decodeFrame(codeStream, { maxFrameByteLength })).pixels).toHaveLength(maxFrameByteLength)
    const tooLarge = decodeFrame(codeStream, { maxFrameByteLength: maxFrameByteLength - 1 })
    await expect(tooLarge).rejects.toThrow('its samples take 2146 bytes; raise `maxFrameByteLength`')
  })

  test.each([{ discardLevels: -1 }, { discardLevels: 0.5 }, { maxFrameByteLength: Number.NaN }])(
    'refuse %o',
    async (options) => {
      await expect(decodeFrame(codeStream, options)).rejects.toThrow(TypeError)
    },
  )
})
