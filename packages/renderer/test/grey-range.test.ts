import { greyRange, isShownByRange, renderFrame, type ImageDescription } from '@ahi-dicom/renderer'
import { expect, test } from 'vitest'

const image: ImageDescription = {
  rows: 1,
  columns: 4,
  samplesPerPixel: 1,
  photometricInterpretation: 'MONOCHROME2',
  bitsStored: 12,
  pixelRepresentation: 0,
  rescaleSlope: 2,
  rescaleIntercept: -1000,
}
const pixels = Uint16Array.of(100, 0, 4095, 900)

test('is in values of the modality, without padding', () => {
  expect(greyRange(pixels, image)).toEqual({ smallest: -1000, largest: 7190 })
  expect(greyRange(pixels, { ...image, pixelPaddingValue: 0 })).toEqual({ smallest: -800, largest: 7190 })
  expect(greyRange(pixels, { ...image, pixelPaddingValue: 0, pixelPaddingRangeLimit: 4095 })).toBeUndefined()
  expect(greyRange(Float32Array.of(0.5, NaN, 0.25, 0.75), { ...image, rescaleSlope: 1, rescaleIntercept: 0 })).toEqual({
    smallest: 0.25,
    largest: 0.75,
  })
})

test('as a window shows what the frame shows without one', () => {
  const { smallest, largest } = greyRange(pixels, image) ?? { smallest: 0, largest: 0 }
  const window = { center: (smallest + largest + 1) / 2, width: largest - smallest + 1 }
  expect(renderFrame(pixels, image, { window })).toEqual(renderFrame(pixels, image))
})

test.each([
  ['a window', { windowCenter: [40], windowWidth: [400] }],
  ['a VOI LUT', { voiLut: { firstMapped: 0, bits: 8, entries: Uint8Array.of(0, 255) } }],
  ['grey levels', { bitsStored: 8, rescaleSlope: undefined, rescaleIntercept: undefined }],
  ['colours', { columns: 1, samplesPerPixel: 3, photometricInterpretation: 'RGB' }],
])('there is none of a frame with %s', (_, more) => {
  expect(greyRange(pixels, { ...image, ...more })).toBeUndefined()
  expect(isShownByRange({ ...image, ...more })).toBe(false)
})

test('a window that is not valid counts as none', () => {
  expect(greyRange(pixels, { ...image, windowCenter: [40], windowWidth: [0] })).toBeDefined()
  expect(isShownByRange({ ...image, windowCenter: [40], windowWidth: [0] })).toBe(true)
})
