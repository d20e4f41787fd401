import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { RenderError, renderFrame } from '@ahi-dicom/renderer'
import type { ImageDescription, Overlay, Picture, PixelArray } from '@ahi-dicom/renderer'

const pixelArrays: fc.Arbitrary<PixelArray> = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 64 }),
  fc.int8Array({ minLength: 1, maxLength: 64 }),
  fc.uint16Array({ minLength: 1, maxLength: 64 }),
  fc.int16Array({ minLength: 1, maxLength: 64 }),
  fc.float32Array({ minLength: 1, maxLength: 64 }),
)

const numbers = fc.option(fc.double({ min: -1e6, max: 1e6 }), { nil: undefined })

const voi = fc.record({
  rescaleSlope: numbers,
  rescaleIntercept: numbers,
  windowCenter: fc.array(fc.double({ min: -1e5, max: 1e5, noNaN: true }), { maxLength: 2 }),
  windowWidth: fc.array(fc.double({ min: -10, max: 1e5, noNaN: true }), { maxLength: 2 }),
  voiLutFunction: fc.constantFrom('LINEAR', 'LINEAR_EXACT', 'SIGMOID', undefined),
  bitsStored: fc.integer({ min: 1, max: 16 }),
  pixelRepresentation: fc.integer({ min: 0, max: 1 }),
})

function grey(pixels: PixelArray, image: Partial<ImageDescription>): ImageDescription {
  return {
    rows: 1,
    columns: pixels.length,
    samplesPerPixel: 1,
    photometricInterpretation: 'MONOCHROME2',
    bitsStored: 16,
    pixelRepresentation: 0,
    ...image,
  }
}

test('MONOCHROME1 is the exact complement of MONOCHROME2', () => {
  fc.assert(
    fc.property(pixelArrays, voi, (pixels, image) => {
      const white = renderFrame(pixels, grey(pixels, image)).data
      const black = renderFrame(pixels, grey(pixels, { ...image, photometricInterpretation: 'MONOCHROME1' })).data
      expect([...black]).toEqual(Array.from(white, (level) => 255 - level))
    }),
  )
})

test('a brighter value is never darker in the picture', () => {
  fc.assert(
    fc.property(fc.int16Array({ minLength: 2, maxLength: 64 }), voi, (pixels, image) => {
      pixels.sort()
      const description = { ...image, bitsStored: 16, pixelRepresentation: 1, rescaleSlope: 0.5 }
      const levels = [...renderFrame(pixels, grey(pixels, description)).data]
      expect(levels).toEqual(levels.toSorted((a, b) => a - b))
    }),
  )
})

const position = fc.integer({ min: -70_000, max: 70_000 })
const overlay: fc.Arbitrary<Overlay> = fc.oneof(
  fc.record({
    rows: fc.integer({ min: 0, max: 65_535 }),
    columns: fc.integer({ min: 0, max: 65_535 }),
    origin: fc.tuple(fc.oneof(position, fc.integer({ min: -4, max: 4 })), position),
    data: fc.uint8Array({ maxLength: 32 }),
    firstBit: fc.integer({ min: 0, max: 99 }),
    type: fc.constantFrom('G', 'R', undefined),
  }),
  fc.record({ bitPosition: fc.integer({ min: -1, max: 99 }), type: fc.constantFrom('G', 'R') }),
)

test('returns a picture or throws a RenderError for any description', () => {
  const descriptions = fc.record({
    rows: fc.integer({ min: -1, max: 9 }),
    columns: fc.integer({ min: -1, max: 9 }),
    samplesPerPixel: fc.integer({ min: 0, max: 4 }),
    photometricInterpretation: fc.constantFrom(
      'MONOCHROME1',
      'RGB',
      'YBR_FULL',
      'YBR_FULL_422',
      'YBR_PARTIAL_420',
      'PALETTE COLOR',
      'HSV',
      '',
    ),
    bitsStored: fc.integer({ min: 0, max: 64 }),
    highBit: fc.option(fc.integer({ min: -1, max: 64 }), { nil: undefined }),
    overlays: fc.array(overlay, { maxLength: 2 }),
    pixelRepresentation: fc.integer({ min: 0, max: 1 }),
    planarConfiguration: fc.integer({ min: 0, max: 1 }),
  })
  fc.assert(
    fc.property(pixelArrays, descriptions, fc.constantFrom<8 | 16>(8, 16), (pixels, image, bits) => {
      const picture = rendered(pixels, image, bits)
      if (picture === undefined) return
      expect(picture.data).toHaveLength(image.rows * image.columns * picture.channels)
      expect(picture.data).toBeInstanceOf(picture.bits === 8 ? Uint8Array : Uint16Array)
    }),
  )
})

/** Returns the picture, or undefined if a RenderError is thrown. */
function rendered(pixels: PixelArray, image: ImageDescription, bits: 8 | 16): Picture | undefined {
  try {
    return renderFrame(pixels, image, { bits, overlays: true })
  } catch (error) {
    if (error instanceof RenderError) return undefined
    throw error
  }
}
