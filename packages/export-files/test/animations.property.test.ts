import { array, assert, double, property } from 'fast-check'
import { expect, test } from 'vitest'
import sharp from 'sharp'
import { createTimeRounder } from '../src/pictures/frame-times.ts'
import { encodeGifAnimation } from '../src/pictures/gif-animation.ts'
import { encodeWebpAnimation } from '../src/pictures/webp-animation.ts'

test('rounded frame times do not drift', () => {
  const times = array(double({ min: 10, max: 5000, noNaN: true }), { minLength: 1, maxLength: 200 })
  assert(
    property(times, (times) => {
      const round = createTimeRounder(10, 0xffff)
      let [end, told] = [0, 0]
      for (const time of times) {
        end += time
        told += round(time) * 10
        expect(Math.abs(end - told)).toBeLessThanOrEqual(5.001)
      }
    }),
  )
})

async function* framesOf(...files: readonly Uint8Array[]): AsyncGenerator<{ file: Uint8Array; time: number }> {
  for (const file of files) yield { file, time: 40 }
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}

function still(width: number, format: 'gif' | 'webp'): Promise<Buffer> {
  return sharp({ create: { width, height: 8, channels: 3, background: 'red' } })
    .toFormat(format)
    .toBuffer()
}

test.each([
  ['gif', encodeGifAnimation],
  ['webp', encodeWebpAnimation],
] as const)('frames that are cut short, of another format or size, make no animation: %s', async (format, encode) => {
  const whole = await still(9, format)
  expect((await sharp(await collect(encode(framesOf(whole, whole))), { animated: true }).metadata()).pages).toBe(2)
  const wrong = [whole.subarray(0, whole.byteLength - 3), Buffer.from('no picture at all'), await still(11, format)]
  for (const file of wrong) {
    await expect(collect(encode(framesOf(whole, file)))).rejects.toMatchObject({ code: 'PICTURE_ENCODING_FAILED' })
  }
})

test('a WebP with too many bytes is refused', async () => {
  const file = await still(9, 'webp')
  const frames = framesOf(...Array<Buffer>(1000).fill(file))
  const encoding = collect(encodeWebpAnimation(frames, { longest: file.byteLength * 5 }))
  await expect(encoding).rejects.toMatchObject({ code: 'PICTURE_TOO_LARGE' })
  expect(await frames.next()).toMatchObject({ done: true })
})
