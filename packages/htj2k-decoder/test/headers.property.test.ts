import { CodeStreamError, readCodeStreamHeader } from '@ahi-dicom/htj2k-decoder'
import { readFrameHeader, withoutBoxes } from '@ahi-dicom/htj2k-decoder/headers'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeFrame } from './encode-frame.ts'
import { fixture } from './fixtures.ts'
import { smoothSamples } from './samples.ts'
import type { CodeStreamHeader } from '@ahi-dicom/htj2k-decoder'
import type { FrameHeader } from '@ahi-dicom/htj2k-decoder/headers'

const colour = { width: 40, height: 30, components: 3, bitsPerSample: 8, isSigned: false }
const seeds = [
  encodeFrame(smoothSamples(colour), colour),
  fixture('rgb-16-bit-without-transform.j2c'),
  fixture('part1-rgb-every-option.j2k'),
  fixture('part1-rgb-12-bit.jp2'),
  fixture('jpeg-2x2.jpg'),
  fixture('jpeg-scans.jpg'),
  fixture('jpeg-gray.jpg'),
]
const change = fc.record({ at: fc.nat(250), bytes: fc.uint8Array({ maxLength: 8 }), end: fc.option(fc.nat(600)) })

/** Code streams with some bytes changed or cut off, and arbitrary bytes. */
const anyBytes = fc.oneof(
  fc.tuple(fc.constantFrom(...seeds), fc.array(change, { maxLength: 4 })).map(([seed, changes]) => {
    let bytes = seed.slice()
    for (const { at, bytes: replaced, end } of changes) {
      bytes.set(replaced.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length))
      bytes = bytes.slice(0, end ?? bytes.length)
    }
    return bytes
  }),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)),
)

/** Returns the header by the strict reader. `undefined` if it refuses the bytes. */
function accepted(bytes: Uint8Array): CodeStreamHeader | undefined {
  try {
    return readCodeStreamHeader(bytes)
  } catch (error) {
    if (error instanceof CodeStreamError) return undefined
    throw error
  }
}

/** The properties that both readers return. */
function commonFacts(header: FrameHeader | undefined) {
  if (header === undefined || header.kind === 'jpeg-xl' || header.kind === 'jpeg') return header?.kind
  const { kind, width, height, components, bitsPerSample, isSigned, isRpcl, colourTransform } = header
  const hasTransform = colourTransform !== 'none'
  return { width, height, components, bitsPerSample, isSigned, isHt: kind === 'htj2k', isRpcl, hasTransform }
}

test('arbitrary bytes have a header or none', () => {
  const property = fc.property(anyBytes, (bytes) => {
    const header = readFrameHeader(bytes)
    if (header === undefined || header.kind === 'jpeg-xl') return
    expect(header.components).toBeGreaterThan(0)
    for (const side of [header.width, header.height]) {
      expect(Number.isInteger(side) && side > 0 && side <= 0xffff).toBe(true)
    }
  })
  fc.assert(property, { numRuns: 5000 })
})

test('arbitrary bytes are a box with a part of them, or are returned unchanged', () => {
  const property = fc.property(anyBytes, (bytes) => {
    const content = withoutBoxes(bytes)
    expect(content === bytes || content.buffer === bytes.buffer).toBe(true)
  })
  fc.assert(property, { numRuns: 2000 })
})

test('the strict reader throws only its own error, and otherwise both readers agree', () => {
  const property = fc.property(anyBytes, (bytes) => {
    const strict = accepted(bytes)
    if (strict === undefined) return
    const { width, height, components, bitsPerSample, isSigned, isHighThroughput, progressionOrder } = strict
    expect(commonFacts(readFrameHeader(bytes))).toEqual({
      width,
      height,
      components,
      bitsPerSample,
      isSigned,
      isHt: isHighThroughput,
      isRpcl: progressionOrder === 'RPCL',
      hasTransform: strict.usesColorTransform,
    })
  })
  fc.assert(property, { numRuns: 5000 })
})
