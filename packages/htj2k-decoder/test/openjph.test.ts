import { expect, test } from 'vitest'
import { createOpenJph } from '../src/codecs/openjph.ts'
import { encodeFrame } from './encode-frame.ts'
import { smoothSamples } from './samples.ts'

const FORMAT = { width: 30, height: 20, components: 1, bitsPerSample: 8, isSigned: false }
const image = { width: 30, height: 20, componentCount: 1, bitsPerSample: 8, isSigned: false }
const codeStream = encodeFrame(smoothSamples(FORMAT), FORMAT)

test('an instance can be used again after it decodes a frame or refuses a header', async () => {
  const openJph = await createOpenJph()
  const withoutHt = codeStream.slice()
  withoutHt[6] = 0
  expect(() => openJph.decode({ codeStream: withoutHt, image, discardLevels: 0 }, () => 'samples')).toThrow(
    'ojph error',
  )
  expect(openJph.isSpent).toBe(false)
  const samples = openJph.decode({ codeStream, image, discardLevels: 0 }, (view) => view.slice())
  expect(samples).toEqual(smoothSamples(FORMAT))
  expect(openJph.isSpent).toBe(false)
})

test('an instance that fails while decoding is spent', async () => {
  const openJph = await createOpenJph()
  const task = {
    codeStream,
    image,
    discardLevels: 0,
    patch: () => {
      throw new Error('memory access out of bounds')
    },
  }
  expect(() => openJph.decode(task, () => 'samples')).toThrow('memory access out of bounds')
  expect(openJph.isSpent).toBe(true)
})
