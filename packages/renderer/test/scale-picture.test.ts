import { fittingSize, scalePicture, type Picture } from '@ahi-dicom/renderer'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

const sides = fc.record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }) })

test('no side is longer than requested, and none is 0', () => {
  fc.assert(
    fc.property(sides, fc.integer({ min: 1, max: 50 }), (picture, longest) => {
      const { width, height } = fittingSize(picture, longest)
      expect(Math.max(width, height)).toBe(Math.min(longest, Math.max(picture.width, picture.height)))
      expect(Math.min(width, height)).toBeGreaterThan(0)
    }),
  )
})

test('a pixel is the mean of the area that it covers', () => {
  const picture: Picture = { width: 3, height: 2, channels: 1, bits: 8, data: Uint8Array.of(0, 30, 60, 0, 30, 60) }
  expect(scalePicture(picture, { width: 2, height: 1 }).data).toEqual(Uint8Array.of(10, 50))
})

test('a picture of one colour keeps it', () => {
  fc.assert(
    fc.property(sides, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 255 }), (size, longest, value) => {
      const data = new Uint8Array(size.width * size.height * 3).fill(value)
      const scaled = scalePicture({ ...size, channels: 3, bits: 8, data }, fittingSize(size, longest))
      expect(scaled.data).toEqual(new Uint8Array(scaled.width * scaled.height * 3).fill(value))
    }),
  )
})
