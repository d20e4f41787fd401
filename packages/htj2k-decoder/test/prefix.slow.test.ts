import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { prefixLength } from '@ahi-dicom/htj2k-decoder/headers'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeFrame } from './encode-frame.ts'
import type { EncodeOptions } from './encode-frame.ts'
import { fixture } from './fixtures.ts'
import { smoothSamples } from './samples.ts'

const gray = { width: 70, height: 50, components: 1, bitsPerSample: 16, isSigned: true }
const color = { width: 70, height: 50, components: 3, bitsPerSample: 8, isSigned: false }
const tile = { width: 32, height: 32 }
const kinds: readonly (readonly [string, typeof gray, EncodeOptions])[] = [
  ['gray, 16 bits signed', gray, {}],
  ['gray, 8 bits', { ...gray, bitsPerSample: 8, isSigned: false }, {}],
  ['gray, 8 bits signed', { ...gray, bitsPerSample: 8 }, {}],
  ['RGB', color, {}],
  ['RGB without colour transform', color, { usesColorTransform: false }],
  ['two decompositions', gray, { decompositions: 2 }],
  ['lossy', gray, { quantizationStep: 0.01 }],
  ['several tiles', gray, { tile }],
  ['several tiles without TLM', color, { tile, hasTlm: false }],
  ['no TLM', gray, { hasTlm: false }],
  ['a single column', { ...gray, width: 1 }, {}],
  ['small blocks', gray, { blockSide: 4 }],
]

/** Calls `prefixLength` with the bytes so far until they are enough. */
function neededLength(codeStream: Uint8Array, discardLevels: number): number | undefined {
  let asked = 0
  for (;;) {
    const needed = prefixLength(codeStream.subarray(0, asked), { discardLevels })
    if (needed === undefined || needed <= asked) return needed
    asked = needed
  }
}

test.each(kinds)('the beginning of %s decodes like the whole code stream, or throws', async (_, format, options) => {
  const codeStream = encodeFrame(smoothSamples(format), format, { hasResolutionParts: true, ...options })
  for (const discardLevels of [1, 2, 3, 5, 9]) {
    const whole = await decodeFrame(codeStream, { discardLevels })
    const needed = neededLength(codeStream, discardLevels) ?? -1
    expect(needed).toBeGreaterThan(0)
    expect(needed).toBeLessThanOrEqual(codeStream.length)
    for (let length = 0; length < needed; length += 1) {
      const decoding = decodeFrame(codeStream.subarray(0, length), { discardLevels })
      await expect(decoding).rejects.toMatchObject({ name: 'CodeStreamError', code: 'CODE_STREAM_TRUNCATED' })
    }
    for (let length = needed; length <= Math.min(needed + 10, codeStream.length); length += 1) {
      expect(await decodeFrame(codeStream.subarray(0, length), { discardLevels })).toEqual(whole)
    }
  }
})

test.each([
  ['one tile-part', encodeFrame(smoothSamples(gray), gray), 2],
  ['one tile-part, no TLM', encodeFrame(smoothSamples(gray), gray, { hasTlm: false }), 2],
  ['another order', encodeFrame(smoothSamples(gray), gray, { progressionOrder: 0, hasResolutionParts: true }), 2],
  ['no resolution left out', encodeFrame(smoothSamples(gray), gray, { hasResolutionParts: true }), 0],
  ['JPEG', fixture('jpeg-gray.jpg'), 2],
  ['JPEG 2000 Part 1', fixture('part1-region-of-interest.j2k'), 2],
  ['a boxed file', fixture('part1-rgb-12-bit.jp2'), 2],
  ['nonsense', Uint8Array.from({ length: 100 }, (_, index) => index), 2],
])('needs the whole of %s', (_, codeStream, discardLevels) => {
  expect(neededLength(codeStream, discardLevels)).toBeUndefined()
})

test('refuses the beginning of a code stream if its tile-parts do not hold one resolution each', async () => {
  const codeStream = encodeFrame(smoothSamples(gray), gray)
  const cut = codeStream.subarray(0, codeStream.length - 10)
  await expect(decodeFrame(cut, { discardLevels: 3 })).rejects.toMatchObject({ code: 'CODE_STREAM_TRUNCATED' })
})

test('the beginning of several tiles with small blocks decodes like the whole code stream', async () => {
  const options = { hasResolutionParts: true, blockSide: 4, tile: { width: 48, height: 40 } }
  const codeStream = encodeFrame(smoothSamples(color), color, options)
  for (const discardLevels of [1, 2, 3, 4, 5]) {
    const beginning = codeStream.subarray(0, neededLength(codeStream, discardLevels))
    expect(beginning.length).toBeLessThan(codeStream.length)
    expect(await decodeFrame(beginning, { discardLevels })).toEqual(await decodeFrame(codeStream, { discardLevels }))
  }
})

interface Part {
  readonly start: number
  readonly end: number
}

/** Returns the ranges of the packets of each tile-part, and the length of the main header. */
function partsOf(codeStream: Uint8Array): { readonly main: number; readonly parts: readonly Part[] } {
  const view = new DataView(codeStream.buffer, codeStream.byteOffset, codeStream.byteLength)
  let offset = 2
  while (view.getUint16(offset) !== 0xff90) offset += 2 + view.getUint16(offset + 2)
  const main = offset
  const parts: Part[] = []
  while (view.getUint16(offset) === 0xff90) {
    const end = offset + view.getUint32(offset + 6)
    parts.push({ start: offset + 14, end })
    offset = end
  }
  return { main, parts }
}

/** Divides the packets of a code stream with one tile at other offsets, into the same number of tile-parts. */
function dividedAt(codeStream: Uint8Array, lengths: readonly number[]): Uint8Array {
  const { main, parts } = partsOf(codeStream)
  const packets = Buffer.concat(parts.map(({ start, end }) => codeStream.subarray(start, end)))
  let offset = 0
  const divided = lengths.map((length, index) => {
    const head = Buffer.alloc(14)
    head.set([0xff, 0x90, 0, 10])
    head.writeUInt32BE(14 + length, 6)
    head.set([index, lengths.length, 0xff, 0x93], 10)
    offset += length
    return Buffer.concat([head, packets.subarray(offset - length, offset)])
  })
  return new Uint8Array(Buffer.concat([codeStream.subarray(0, main), ...divided, Buffer.of(0xff, 0xd9)]))
}

/** Other divisions into tile-parts: the bytes of each, from the bytes of the resolutions. */
const divisions: readonly (readonly [string, (lengths: readonly number[]) => readonly number[]])[] = [
  ['nothing, then all others one later', (own) => [0, ...own.slice(0, -2), (own.at(-2) ?? 0) + (own.at(-1) ?? 0)]],
  ['two, then all others one earlier', (own) => [(own[0] ?? 0) + (own[1] ?? 0), ...own.slice(2), 0]],
  ['one byte less', (own) => [(own[0] ?? 0) - 1, (own[1] ?? 0) + 1, ...own.slice(2)]],
  ['one byte more', (own) => [(own[0] ?? 0) + 1, (own[1] ?? 0) - 1, ...own.slice(2)]],
]

describe.each([
  ['gray', gray],
  ['RGB', color],
])('%s divided at other offsets into one tile-part per resolution', (_, format) => {
  test.each(divisions)('%s: never decodes the beginning wrongly', async (__, divide) => {
    const codeStream = encodeFrame(smoothSamples(format), format, { hasResolutionParts: true, hasTlm: false })
    const { parts } = partsOf(codeStream)
    const divided = dividedAt(codeStream, divide(parts.map(({ start, end }) => end - start)))
    for (const discardLevels of [1, 2, 3, 4, 5]) {
      const needed = neededLength(divided, discardLevels) ?? -1
      const decoding = decodeFrame(divided.subarray(0, needed), { discardLevels })
      await expect(decoding).rejects.toMatchObject({ code: 'CODE_STREAM_TRUNCATED' })
    }
  })
})

test('prefixLength never needs fewer bytes than before, and never throws', () => {
  const whole = encodeFrame(smoothSamples(gray), gray, { hasResolutionParts: true, tile })
  const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 })
  const property = fc.property(changes, fc.nat(whole.length), fc.nat(9), (changed, length, discardLevels) => {
    const bytes = whole.slice()
    for (const [at, value] of changed) bytes[at] = value
    const few = prefixLength(bytes.subarray(0, length), { discardLevels })
    const all = prefixLength(bytes, { discardLevels })
    return few === undefined || all === undefined || few <= all
  })
  expect(fc.check(property, { numRuns: 2000 })).toMatchObject({ failed: false })
})
