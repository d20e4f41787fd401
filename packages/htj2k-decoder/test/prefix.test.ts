import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { prefixLength } from '@ahi-dicom/htj2k-decoder/headers'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
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
]

/** Asks with what is there, until it is enough. */
function neededLength(codeStream: Uint8Array, discardLevels: number): number | undefined {
  let asked = 0
  for (;;) {
    const needed = prefixLength(codeStream.subarray(0, asked), { discardLevels })
    if (needed === undefined || needed <= asked) return needed
    asked = needed
  }
}

test.each(kinds)('decodes the beginning of %s as the whole, or throws', async (_, format, options) => {
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
])('asks for the whole of %s', (_, codeStream, discardLevels) => {
  expect(neededLength(codeStream, discardLevels)).toBeUndefined()
})

test('refuses the beginning of a code stream whose tile-parts hold no single resolutions', async () => {
  const codeStream = encodeFrame(smoothSamples(gray), gray)
  const cut = codeStream.subarray(0, codeStream.length - 10)
  await expect(decodeFrame(cut, { discardLevels: 3 })).rejects.toMatchObject({ code: 'CODE_STREAM_TRUNCATED' })
})

test('never asks for fewer bytes than before, and never throws', () => {
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
