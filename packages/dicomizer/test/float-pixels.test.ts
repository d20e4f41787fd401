import { FrameMismatchError, type DicomInstance } from '@ahi-dicom/dicomizer'
import { describe, expect, test } from 'vitest'

import { bytesOf, imageInstance } from './instances.ts'
import { readBack } from './read-back.ts'
import { hasPydicom } from './tools.ts'

/**
 * Returns a parametric map of three frames of 3 x 1 pixels. AHI stores its pixels among the attributes, without frames.
 */
function parametricMap(keyword: string, values: Float32Array | Float64Array, frames = 3): DicomInstance {
  return imageInstance([], {
    attributes: {
      Rows: 1,
      Columns: 3,
      NumberOfFrames: String(frames),
      BitsAllocated: 8 * values.BYTES_PER_ELEMENT,
      [keyword]: Buffer.from(values.buffer).toString('base64'),
    },
  })
}

// Positive and negative zero differ in one bit. NaN has many bit patterns.
const numbers = [0, -0, 1.5, Number.NaN, Infinity, -1e-40, 3.4e38, 7, 8]

describe.each([
  ['FloatPixelData', Float32Array],
  ['DoubleFloatPixelData', Float64Array],
] as const)('%s', (keyword, type) => {
  const values = type.from(numbers)
  const instance = parametricMap(keyword, values)

  test('are returned frame by frame, bit by bit', async () => {
    expect([instance.frameCount, instance.pictureCount]).toEqual([0, 3])
    for (const index of [0, 1, 2]) {
      const frame = await instance.frame(index)
      expect(frame).toBeInstanceOf(type)
      expect(Buffer.from(frame.buffer)).toEqual(Buffer.from(values.slice(3 * index, 3 * index + 3).buffer))
    }
  })

  test('have no further frame', async () => {
    for (const index of [3, -1, 0.5]) await expect(instance.frame(index)).rejects.toThrow(RangeError)
  })

  test('are a contradiction if they are too short for their frames', async () => {
    const short = parametricMap(keyword, values, 4)
    await expect(short.frame(3)).rejects.toThrow(FrameMismatchError)
  })

  test.skipIf(!hasPydicom())('is in the file as it was', async () => {
    const [file] = readBack([await bytesOf(instance.part10())])
    const [tag, vr] = keyword === 'FloatPixelData' ? ['7FE00008', 'OF'] : ['7FE00009', 'OD']
    expect(file?.dataSet[tag ?? '']).toEqual({ vr, value: Buffer.from(values.buffer).toString('base64') })
    expect(file?.meta['00020010']?.value).toBe('1.2.840.10008.1.2.1')
  })
})

test('an instance without pixels has no frame', () => {
  expect(imageInstance([]).pictureCount).toBe(0)
})
