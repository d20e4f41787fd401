import { crc32 } from 'node:zlib'
import { createFrameMemory, decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { describe, expect, test } from 'vitest'
import { encodeFrame } from './encode-frame.ts'
import { fixture } from './fixtures.ts'
import { hashedSamples, smoothSamples } from './samples.ts'
import type { PixelMemory } from '@ahi-dicom/htj2k-decoder'

const format = { width: 64, height: 48, components: 1, bitsPerSample: 12, isSigned: false }
const samples = smoothSamples(format)
const codeStream = encodeFrame(samples, format)

describe('frame memory', () => {
  test('returns arrays of the requested length that are not in use', () => {
    const memory = createFrameMemory()
    const lengths = [0, 1, 4096, 4097, 524_288, 600_000]
    const arrays = lengths.map((byteLength, index) => memory.take(byteLength).fill(index))
    expect(arrays.map(({ byteLength }) => byteLength)).toEqual(lengths)
    expect(arrays.every((array, index) => array.every((byte) => byte === index))).toBe(true)
  })

  test('reuses memory for about the same length', () => {
    const memory = createFrameMemory()
    memory.give(memory.take(200_000).fill(7))
    expect(memory.take(190_000).every((byte) => byte === 7)).toBe(true)
    expect(memory.take(190_000).every((byte) => byte === 0)).toBe(true)
  })

  test('is returned by any part of it, and leaves no array on it', () => {
    const memory = createFrameMemory()
    const whole = memory.take(10).fill(7)
    const part = whole.subarray(2, 4)
    memory.give(part)
    memory.give(part)
    expect([whole.byteLength, part.byteLength]).toEqual([0, 0])
    expect([memory.take(10)[0], memory.take(10)[0]]).toEqual([7, 0])
  })

  test('ignores arrays from elsewhere', () => {
    const other = new Uint8Array(4096).fill(7)
    const memory = createFrameMemory()
    memory.give(other)
    expect([other.byteLength, memory.take(4096)[0]]).toEqual([4096, 0])
  })

  test('keeps at most maxIdleByteLength bytes', () => {
    const memory = createFrameMemory({ maxIdleByteLength: 8192 })
    const arrays = [1, 2, 3].map((mark) => memory.take(4096).fill(mark))
    for (const array of arrays) memory.give(array)
    expect([1, 2, 3].map(() => memory.take(4096)[0])).toEqual([3, 2, 0])
    expect(() => createFrameMemory({ maxIdleByteLength: -1 })).toThrow(TypeError)
  })
})

describe('decodeFrame', () => {
  const cases = [
    ['samples in the order of the codec', 'rgb-16-bit-with-transform.j2c'],
    ['components without transform', 'rgb-16-bit-without-transform.j2c'],
    ['components of a byte without transform', 'rgb-8-bit-without-transform.j2c'],
    ['JPEG', 'jpeg-2x2.jpg'],
  ] as const

  test.each(cases)('writes %s into memory of the caller', async (_name, file) => {
    const expected = await decodeFrame(fixture(file))
    for (const byteOffset of [0, 1, 2]) {
      const place = new Uint8Array(expected.pixels.byteLength + 5).fill(0xaa)
      const memory = { take: (byteLength: number) => place.subarray(byteOffset, byteOffset + byteLength) }
      const frame = await decodeFrame(fixture(file), { memory })
      expect(frame).toEqual(expected)
      expect([frame.pixels.buffer, frame.pixels.byteOffset]).toEqual([place.buffer, byteOffset])
      const rest = [...place.subarray(0, byteOffset), ...place.subarray(byteOffset + frame.pixels.byteLength)]
      expect(rest.every((byte) => byte === 0xaa)).toBe(true)
    }
  })

  test('writes signed samples of up to 8 bits without transform into memory of the caller', async () => {
    const codeStream = fixture('rgb-16-bit-without-transform.j2c')
    // If SIZ says so, its samples are 8-bit ones too: their low bytes.
    for (const precision of [42, 45, 48]) codeStream[precision] = 0x87
    const wide = hashedSamples({ width: 13, height: 10, components: 3, bitsPerSample: 16, isSigned: false })
    const pixels = wide.filter((_, index) => index % 2 === 0)
    const memory = createFrameMemory()
    memory.give(memory.take(pixels.byteLength).fill(0xaa))
    const frame = await decodeFrame(codeStream, { memory })
    expect(frame).toMatchObject({ bitsPerSample: 8, isSigned: true, pixels, checksum: crc32(pixels) })
  })

  test('returns memory if the frame cannot be decoded', async () => {
    const given: number[] = []
    const memory: PixelMemory = {
      take: (byteLength) => new Uint8Array(byteLength),
      give: ({ byteLength }) => given.push(byteLength),
    }
    const damaged = fixture('jpeg-2x2.jpg')
    damaged.fill(0x11, damaged.length - 80, damaged.length - 20)
    await expect(decodeFrame(damaged, { memory })).rejects.toThrow('its coded samples are damaged')
    await expect(decodeFrame(codeStream.subarray(0, 200), { memory })).rejects.toThrow('fetch it again')
    expect(given).toEqual([29 * 21 * 3])
    expect((await decodeFrame(codeStream, { memory })).pixels).toEqual(samples)
    expect(given).toHaveLength(1)
  })

  test('refuses memory of another length', async () => {
    const memory = { take: (byteLength: number) => new Uint8Array(byteLength + 1) }
    await expect(decodeFrame(codeStream, { memory })).rejects.toThrow(
      new TypeError('Expected the `memory` option to return 6144 bytes, got `6145`'),
    )
  })
})
