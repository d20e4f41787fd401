import { createDecoderPool } from '@ahi-dicom/htj2k-decoder'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeFrame } from './encode-frame.ts'
import { hashedSamples, smoothSamples } from './samples.ts'
import type { DecoderPool } from '@ahi-dicom/htj2k-decoder'

const GRAY = { width: 70, height: 50, components: 1, bitsPerSample: 16, isSigned: true }
const COLOR = { width: 70, height: 50, components: 3, bitsPerSample: 8, isSigned: false }
const WITNESS = { width: 20, height: 20, components: 1, bitsPerSample: 12, isSigned: false }
const CODE_STREAMS = [
  encodeFrame(smoothSamples(GRAY), GRAY),
  encodeFrame(hashedSamples(COLOR), COLOR),
  encodeFrame(smoothSamples(COLOR), COLOR, { usesColorTransform: false, tile: { width: 32, height: 20 } }),
  encodeFrame(smoothSamples(GRAY), GRAY, { quantizationStep: 0.01 }),
]
const HEADER_LENGTH = 140
const witnessSamples = smoothSamples(WITNESS)
const witness = encodeFrame(witnessSamples, WITNESS)

let pool: DecoderPool

beforeAll(() => {
  pool = createDecoderPool({ threads: 2, timeoutMs: 20_000, maxFrameByteLength: 4_000_000 })
})
afterAll(() => pool.close())

/** `frame` or the name of the error; `stale` where a good frame comes out wrong afterwards. */
async function outcomeOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const outcome = await pool.decode(bytes).then(
    () => 'frame',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  )
  const { pixels } = await pool.decode(witness.slice())
  return Buffer.compare(pixels, witnessSamples) === 0 ? outcome : 'stale'
}

const codeStream = fc.constantFrom(...CODE_STREAMS)
/** Places of bytes, those of the header as often as all others. */
const place = fc.oneof(fc.nat(HEADER_LENGTH), fc.nat())
const byte = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255))
const mutations = fc.array(fc.tuple(place, byte), { minLength: 1, maxLength: 4 })

test('random bytes are an error', async () => {
  const property = fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
    expect(await outcomeOf(bytes.slice())).toBe('CodeStreamError')
  })
  await fc.assert(property, { numRuns: 100 })
})

test('random bytes behind a sound header are a frame or an error', async () => {
  const bytes = fc.tuple(codeStream, fc.uint8Array({ minLength: 1, maxLength: 4000 })).map(([whole, noise]) => {
    return whole.map((value, at) =>
      at < HEADER_LENGTH || at > whole.length - 3 ? value : (noise[at % noise.length] ?? 0),
    )
  })
  const property = fc.asyncProperty(bytes, async (noisy) => {
    expect(await outcomeOf(noisy)).toBeOneOf(['frame', 'CodeStreamError'])
  })
  await fc.assert(property, { numRuns: 150 })
})

test('a code stream cut anywhere is an error', async () => {
  const property = fc.asyncProperty(codeStream, place, async (whole, at) => {
    expect(await outcomeOf(whole.slice(0, at % whole.length))).toBe('CodeStreamError')
  })
  await fc.assert(property, { numRuns: 150 })
})

test('a code stream with some bytes changed is a frame or an error', async () => {
  const property = fc.asyncProperty(codeStream, mutations, async (whole, changes) => {
    const bytes = whole.slice()
    for (const [at, value] of changes) bytes[at % bytes.length] = value
    expect(await outcomeOf(bytes)).toBeOneOf(['frame', 'CodeStreamError'])
  })
  await fc.assert(property, { numRuns: 400 })
})

test('a code stream with a part left out or doubled is a frame or an error', async () => {
  const property = fc.asyncProperty(codeStream, place, place, async (whole, from, to) => {
    const bytes = Uint8Array.of(...whole.subarray(0, from % whole.length), ...whole.subarray(to % whole.length))
    expect(await outcomeOf(bytes)).toBeOneOf(['frame', 'CodeStreamError'])
  })
  await fc.assert(property, { numRuns: 150 })
})
