import { crc32 } from 'node:zlib'
import { createDecoderPool } from '@ahi-dicom/htj2k-decoder'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeFrame } from './encode-frame.ts'
import { encodeJpeg2000 } from './encode-jpeg2000.ts'
import { fixture } from './fixtures.ts'
import { hashedSamples, smoothSamples } from './samples.ts'
import type { DecoderPool } from '@ahi-dicom/htj2k-decoder'

const GRAY = { width: 70, height: 50, components: 1, bitsPerSample: 16, isSigned: true }
const COLOR = { width: 70, height: 50, components: 3, bitsPerSample: 8, isSigned: false }
const WITNESS = { width: 20, height: 20, components: 1, bitsPerSample: 12, isSigned: false }
const HIGH_THROUGHPUT = [
  encodeFrame(smoothSamples(GRAY), GRAY),
  encodeFrame(hashedSamples(COLOR), COLOR),
  encodeFrame(smoothSamples(COLOR), COLOR, { usesColorTransform: false, tile: { width: 32, height: 20 } }),
  encodeFrame(smoothSamples(GRAY), GRAY, { quantizationStep: 0.01 }),
]
const PART_1 = [
  encodeJpeg2000(smoothSamples(GRAY), GRAY),
  encodeJpeg2000(smoothSamples(COLOR), COLOR, { ratio: 5 }),
  fixture('part1-rgb-16-bit-with-layers.j2k'),
  fixture('part1-rgb-every-option.j2k'),
  fixture('part1-rgb-12-bit.jp2'),
  fixture('part1-region-of-interest.j2k'),
  fixture('part1-progression-changes.j2k'),
]
const JPEG = [
  fixture('jpeg-2x2.jpg'),
  fixture('jpeg-restarts.jpg'),
  fixture('jpeg-scans.jpg'),
  fixture('jpeg-progressive.jpg'),
  fixture('jpeg-gray.jpg'),
  fixture('jpeg-lossless-12-bit.jpg'),
  fixture('jpeg-lossless-rgb.jpg'),
]
const HEADER_LENGTH = 140
const SOD = Uint8Array.of(0xff, 0x93)
const SOS = Uint8Array.of(0xff, 0xda)
/** A good code stream for each codec, to check that bad ones do not affect it. */
const WITNESSES = [
  encodeFrame(smoothSamples(WITNESS), WITNESS),
  encodeJpeg2000(smoothSamples(WITNESS), WITNESS, { decompositions: 2 }),
  fixture('jpeg-2x1.jpg'),
]
const WITNESS_CHECKSUMS = [crc32(smoothSamples(WITNESS)), crc32(smoothSamples(WITNESS)), 2792288895]

let pool: DecoderPool

beforeAll(() => {
  pool = createDecoderPool({ threads: 2, timeoutMs: 20_000, maxFrameByteLength: 4_000_000 })
})
afterAll(() => pool.close())

/** Returns `frame`, or the name of the error, or `stale` if a good frame is decoded wrongly afterwards. */
async function outcomeOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const outcome = await pool.decode(bytes).then(
    () => 'frame',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  )
  const frames = await Promise.all(WITNESSES.map((witness) => pool.decode(witness.slice())))
  return frames.every(({ checksum }, index) => checksum === WITNESS_CHECKSUMS[index]) ? outcome : 'stale'
}

/** Returns the offset of the coded samples. */
function samplesStart(bytes: Uint8Array): number {
  const buffer = Buffer.from(bytes)
  return Math.max(buffer.indexOf(SOD) + SOD.length, isJpeg(bytes) ? buffer.indexOf(SOS) + 14 : 0)
}

function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8
}

const codeStream = fc.oneof(fc.constantFrom(...HIGH_THROUGHPUT), fc.constantFrom(...PART_1), fc.constantFrom(...JPEG))
/** Offsets of bytes. Those in the header are as frequent as all others. */
const place = fc.oneof(fc.nat(HEADER_LENGTH), fc.nat())
const byte = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255))
const mutations = fc.array(fc.tuple(place, byte), { minLength: 1, maxLength: 4 })

test('random bytes throw an error', async () => {
  const property = fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
    expect(await outcomeOf(bytes.slice())).toBe('CodeStreamError')
  })
  await fc.assert(property, { numRuns: 100 })
})

test('random bytes after a sound header are a frame or an error', async () => {
  const bytes = fc.tuple(codeStream, fc.uint8Array({ minLength: 1, maxLength: 4000 })).map(([whole, noise]) => {
    const start = samplesStart(whole)
    return whole.map((value, at) => (at < start || at > whole.length - 3 ? value : (noise[at % noise.length] ?? 0)))
  })
  const property = fc.asyncProperty(bytes, async (noisy) => {
    expect(await outcomeOf(noisy)).toBeOneOf(['frame', 'CodeStreamError'])
  })
  await fc.assert(property, { numRuns: 150 })
})

test('a code stream cut anywhere throws an error', async () => {
  const property = fc.asyncProperty(codeStream, place, async (whole, at) => {
    expect(await outcomeOf(whole.slice(0, at % whole.length))).toBe('CodeStreamError')
  })
  await fc.assert(property, { numRuns: 150 })
})

test('a code stream with changed bytes gives a frame or an error', async () => {
  const property = fc.asyncProperty(codeStream, mutations, async (whole, changes) => {
    const bytes = whole.slice()
    for (const [at, value] of changes) bytes[at % bytes.length] = value
    expect(await outcomeOf(bytes)).toBeOneOf(['frame', 'CodeStreamError'])
  })
  await fc.assert(property, { numRuns: 500 })
})

test('a code stream with a part removed or doubled gives a frame or an error', async () => {
  const property = fc.asyncProperty(codeStream, place, place, async (whole, from, to) => {
    const bytes = Uint8Array.of(...whole.subarray(0, from % whole.length), ...whole.subarray(to % whole.length))
    expect(await outcomeOf(bytes)).toBeOneOf(['frame', 'CodeStreamError'])
  })
  await fc.assert(property, { numRuns: 150 })
})
