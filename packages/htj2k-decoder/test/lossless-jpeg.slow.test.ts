import { execFileSync } from 'node:child_process'
import { crc32 } from 'node:zlib'
import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { describe, expect, test } from 'vitest'
import { fixture } from './fixtures.ts'
import { withoutImagecodecs } from './imagecodecs.ts'
import { hashedSamples, smoothSamples } from './samples.ts'
import type { SampleFormat } from './samples.ts'

const GRAY: SampleFormat = { width: 29, height: 21, components: 1, bitsPerSample: 12, isSigned: false }
const COLOR: SampleFormat = { width: 29, height: 21, components: 3, bitsPerSample: 8, isSigned: false }
const [SOI_LENGTH, EOI_LENGTH] = [2, 2]

describe('lossless JPEG', () => {
  test.each([
    ['jpeg-lossless-12-bit.jpg', GRAY],
    ['jpeg-lossless-rgb.jpg', COLOR],
  ])('%s is decoded exactly', async (name, format) => {
    const pixels = smoothSamples(format)
    expect(await decodeFrame(fixture(name))).toEqual({ ...format, pixels, checksum: crc32(pixels) })
  })

  test('that is cut anywhere is refused, with or without EOI', async () => {
    const whole = fixture('jpeg-lossless-12-bit.jpg')
    const eoi = whole.subarray(-EOI_LENGTH)
    for (let length = SOI_LENGTH; length < whole.length - EOI_LENGTH; length += 3) {
      const cut = whole.subarray(0, length)
      for (const bytes of [cut, Uint8Array.of(...cut, ...eoi)]) {
        await expect(decodeFrame(bytes), `of ${length} bytes`).rejects.toHaveProperty('name', 'CodeStreamError')
      }
    }
  })

  test.each([
    ['other bytes before its end', [0x12, 0x34], 'bytes follow its coded samples'],
    ['an unexpected restart marker', [0xff, 0xd0], 'a segment is damaged'],
  ])('with %s is refused', async (_name, added, why) => {
    const whole = fixture('jpeg-lossless-12-bit.jpg')
    const bytes = Uint8Array.of(...whole.subarray(0, -EOI_LENGTH), ...added, 0xff, 0xd9)
    await expect(decodeFrame(bytes)).rejects.toMatchObject({
      code: 'CODE_STREAM_INVALID',
      why: expect.stringContaining(why),
    })
  })

  test('may have padding before its end', async () => {
    const whole = fixture('jpeg-lossless-12-bit.jpg')
    const bytes = Uint8Array.of(...whole.subarray(0, -EOI_LENGTH), 0, 0, 0, 0xff, 0xd9)
    expect((await decodeFrame(bytes)).pixels).toEqual(smoothSamples(GRAY))
  })

  test('with a predictor that does not exist is refused', async () => {
    const bytes = fixture('jpeg-lossless-12-bit.jpg')
    bytes[Buffer.from(bytes).indexOf(Uint8Array.of(0xff, 0xda)) + 7] = 8
    await expect(decodeFrame(bytes)).rejects.toThrow('its predictor is 8')
  })
})

/** Encodes with libjpeg-turbo 3 in imagecodecs. Prints the JPEG in base64. */
const ENCODE = `
import base64, json, sys
import imagecodecs, numpy
task = json.load(sys.stdin)
shape = (task['height'], task['width']) + ((task['components'],) if task['components'] > 1 else ())
kind = numpy.uint8 if task['bitsPerSample'] <= 8 else numpy.uint16
samples = numpy.frombuffer(base64.b64decode(task['samples']), kind).reshape(shape)
colour = dict(colorspace='RGB', outcolorspace='RGB') if task['components'] > 1 else {}
options = dict(lossless=True, predictor=task['predictor'], bitspersample=task['bitsPerSample'])
print(base64.b64encode(imagecodecs.jpeg8_encode(samples, **options, **colour)).decode())
`

describe.skipIf(withoutImagecodecs())('lossless JPEG of libjpeg-turbo is decoded exactly', () => {
  test.each([1, 2, 3, 4, 5, 6, 7])('with predictor %i', { timeout: 60_000 }, async (predictor) => {
    const bits = [8, 12, 16].map((bitsPerSample) => ({ ...GRAY, bitsPerSample }))
    for (const format of [...bits, COLOR]) {
      for (const samples of [smoothSamples(format), hashedSamples(format)]) {
        const input = JSON.stringify({ ...format, predictor, samples: Buffer.from(samples).toString('base64') })
        const encoded = execFileSync('python3', ['-c', ENCODE], { input, encoding: 'utf8' })
        const { pixels } = await decodeFrame(new Uint8Array(Buffer.from(encoded, 'base64')))
        expect(pixels).toEqual(samples)
      }
    }
  })
})
