import { spawnSync } from 'node:child_process'
import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeFrame } from './encode-frame.ts'
import { encodeJpeg2000 } from './encode-jpeg2000.ts'
import { fixture } from './fixtures.ts'
import { withoutImagecodecs } from './imagecodecs.ts'
import { smoothSamples } from './samples.ts'

const GRAY = { width: 70, height: 50, components: 1, bitsPerSample: 12, isSigned: false }
const COLOR = { width: 70, height: 50, components: 3, bitsPerSample: 8, isSigned: false }
const CODE_STREAMS = [
  encodeFrame(smoothSamples(GRAY), GRAY),
  encodeFrame(smoothSamples(COLOR), COLOR, { tile: { width: 32, height: 20 } }),
  encodeJpeg2000(smoothSamples(GRAY), GRAY),
  encodeJpeg2000(smoothSamples(COLOR), COLOR),
  fixture('part1-rgb-every-option.j2k'),
  fixture('jpeg-gray.jpg'),
  fixture('jpeg-gray-2x2.jpg'),
  fixture('jpeg-rgb.jpg'),
  fixture('jpeg-lossless-12-bit.jpg'),
]

/**
 * Decodes code streams, one base64 line each, with OpenJPEG and libjpeg-turbo in imagecodecs. Prints samples or null.
 */
const DECODE = `
import base64, json, sys
import imagecodecs, numpy
def samples_of(data):
    try:
        if data[:2] != b'\\xff\\xd8': return imagecodecs.jpeg2k_decode(data)
        return imagecodecs.jpeg8_decode(data, colorspace='RGB', outcolorspace='RGB') if b'Adobe' in data else imagecodecs.jpeg8_decode(data)
    except Exception:
        return None
for line in sys.stdin:
    samples = samples_of(base64.b64decode(line))
    print(json.dumps(None if samples is None else base64.b64encode(numpy.ascontiguousarray(samples).tobytes()).decode()))
`

function decodedByOthers(codeStreams: readonly Uint8Array[]): (string | null)[] {
  const input = codeStreams.map((bytes) => Buffer.from(bytes).toString('base64')).join('\n')
  const { stdout } = spawnSync('python3', ['-c', DECODE], { input, encoding: 'utf8', maxBuffer: 2 ** 28 })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

const codeStream = fc.constantFrom(...CODE_STREAMS)
const added = fc.uint8Array({ maxLength: 40 })
const zeros = fc.nat(12).map((length) => new Uint8Array(length))

/** Code streams with bytes after their end. */
const longer = fc.tuple(codeStream, fc.oneof(added, zeros)).map(([whole, tail]) => ({
  whole,
  bytes: Uint8Array.of(...whole, ...tail),
}))
/** Code streams without their last bytes, or with other bytes in their place. */
const cut = fc
  .tuple(codeStream, fc.integer({ min: 1, max: 400 }), fc.oneof(added, zeros), fc.boolean())
  .map(([whole, count, tail, hasEnd]) => ({
    whole,
    bytes: Uint8Array.of(
      ...whole.subarray(0, Math.max(16, whole.length - count)),
      ...tail,
      ...(hasEnd ? [0xff, 0xd9] : []),
    ),
  }))

describe.skipIf(withoutImagecodecs())('code streams with other ends', { timeout: 60_000 }, () => {
  test('decode as with other decoders if bytes follow', async () => {
    const cases = fc.sample(longer, { numRuns: 150, seed: 1 })
    const theirs = decodedByOthers(cases.map(({ whole }) => whole))
    for (const [index, { bytes }] of cases.entries()) {
      const { pixels } = await decodeFrame(bytes)
      expect([index, Buffer.from(pixels).toString('base64')]).toEqual([index, theirs[index]])
    }
  })

  test('are refused if bytes are missing, or decode as with other decoders', async () => {
    const cases = fc.sample(cut, { numRuns: 250, seed: 2 })
    const theirs = decodedByOthers(cases.map(({ bytes }) => bytes))
    let refused = 0
    for (const [index, { bytes }] of cases.entries()) {
      const outcome = await decodeFrame(bytes).then(
        ({ pixels }) => Buffer.from(pixels).toString('base64'),
        (error: unknown) => (error instanceof Error ? error.name : String(error)),
      )
      if (outcome === 'CodeStreamError') refused += 1
      expect([index, outcome]).toBeOneOf([
        [index, 'CodeStreamError'],
        [index, theirs[index]],
      ])
    }
    expect(refused).toBeGreaterThan(cases.length * 0.9)
  })
})
