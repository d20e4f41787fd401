import { describe, expect, test } from 'vitest'
import { RenderError, renderFrame } from '@ahi-dicom/renderer'
import type { ImageDescription, LookupTable, PixelArray, RenderOptions } from '@ahi-dicom/renderer'

const grey: ImageDescription = {
  rows: 1,
  columns: 1,
  samplesPerPixel: 1,
  photometricInterpretation: 'MONOCHROME2',
  bitsStored: 16,
  pixelRepresentation: 1,
}
const colour: ImageDescription = {
  ...grey,
  samplesPerPixel: 3,
  photometricInterpretation: 'RGB',
  bitsStored: 8,
  pixelRepresentation: 0,
}

function levels(
  pixels: PixelArray,
  image: Partial<ImageDescription> = {},
  options: RenderOptions = {},
): readonly number[] {
  const description = { ...grey, ...image }
  const columns = description.columns === 1 ? pixels.length / description.samplesPerPixel : description.columns
  return [...renderFrame(pixels, { ...description, columns }, options).data]
}

function paletteChannel(...entries: readonly number[]): LookupTable {
  return { firstMapped: 1, bits: 16, entries: Uint16Array.from(entries) }
}

function codeOf(render: () => unknown): string | undefined {
  try {
    render()
  } catch (error) {
    return error instanceof RenderError ? error.code : String(error)
  }
  return undefined
}

describe('a window', () => {
  // The examples below the formula in PS3.3 C.11.2.1.2.1.
  test('of 100 around 0 is black up to -50 and white above 49', () => {
    expect(levels(Int16Array.of(-51, -50, -49, 48, 49, 50), { windowCenter: [0], windowWidth: [100] })).toEqual([
      0, 0, 3, 252, 255, 255,
    ])
  })

  test('of 1 around 2048 is a threshold', () => {
    const window = { windowCenter: [2048], windowWidth: [1] }
    expect(levels(Int16Array.of(2046, 2047, 2048, 2049), window)).toEqual([0, 0, 255, 255])
  })

  test('of 256 around 128 keeps 8-bit values', () => {
    const pixels = Uint8Array.from({ length: 256 }, (_, i) => i)
    const image = { bitsStored: 8, pixelRepresentation: 0, windowCenter: [128], windowWidth: [256] }
    expect(levels(pixels, image)).toEqual([...pixels])
  })

  test('of 100 around 0 by LINEAR_EXACT is black up to -50 and white above 50', () => {
    const window = { windowCenter: [0], windowWidth: [100], voiLutFunction: 'LINEAR_EXACT' }
    expect(levels(Int16Array.of(-51, -50, 0, 50, 51), window)).toEqual([0, 0, 128, 255, 255])
  })

  test('by SIGMOID is medium grey at its center', () => {
    const window = { windowCenter: [100], windowWidth: [10], voiLutFunction: 'SIGMOID' }
    expect(levels(Int16Array.of(-32768, 100, 32767), window)).toEqual([0, 128, 255])
  })

  test('applies to values of the modality', () => {
    const image = { rescaleSlope: 2, rescaleIntercept: -1000, windowCenter: [0], windowWidth: [256] }
    expect(levels(Int16Array.of(436, 500, 563), image)).toEqual([0, 128, 254])
  })

  test('can be any window of the data set, or the caller’s', () => {
    const image = { windowCenter: [128, 1128], windowWidth: [256, 256] }
    expect(levels(Int16Array.of(128, 1128), image)).toEqual([128, 255])
    expect(levels(Int16Array.of(128, 1128), image, { windowIndex: 1 })).toEqual([0, 128])
    expect(levels(Int16Array.of(128, 1128), image, { window: { center: 2128, width: 256 } })).toEqual([0, 0])
  })

  test('is used after a VOI LUT, unless the caller chooses it', () => {
    const voiLut = { firstMapped: 10, bits: 8, entries: Uint8Array.of(7, 8, 9) }
    const image = { voiLut, windowCenter: [11], windowWidth: [1] }
    expect(levels(Int16Array.of(0, 10, 11, 12, 99), image)).toEqual([7, 7, 8, 9, 9])
    expect(levels(Int16Array.of(0, 99), image, { windowIndex: 0 })).toEqual([0, 255])
    const wide = { voiLut: { firstMapped: 0, bits: 32, entries: Uint16Array.of(0, 65_535) } }
    expect(levels(Int16Array.of(0, 1), wide)).toEqual([0, 255])
  })

  test('that is not valid is an error of the caller, and ignored in the data set', () => {
    expect(codeOf(() => levels(Int16Array.of(1), {}, { window: { center: 0, width: 0 } }))).toBe(
      'RENDER_WINDOW_INVALID',
    )
    expect(codeOf(() => levels(Int16Array.of(1), {}, { windowIndex: 0 }))).toBe('RENDER_WINDOW_INVALID')
    const one = { windowCenter: [1], windowWidth: [1] }
    expect(() => levels(Int16Array.of(1), one, { windowIndex: 1 })).toThrow(
      'window number 2 of the data set, which has 1',
    )
    expect(levels(Int16Array.of(1, 2), { windowCenter: [0], windowWidth: [0] })).toEqual([0, 255])
  })
})

test('a caller’s window narrower than 1 suits float pixels', () => {
  const window = { center: 0.5, width: 0.5 }
  expect(levels(Float32Array.of(0.2, 0.25, 0.5, 0.75, 0.8), {}, { window })).toEqual([0, 0, 128, 255, 255])
})

describe('without a window', () => {
  test('a frame goes from its smallest to its largest value', () => {
    expect(levels(Int16Array.of(-100, 0, 100))).toEqual([0, 128, 255])
  })

  test('padding is ignored', () => {
    const pixels = Int16Array.of(-2000, -1999, 0, 50, 100)
    expect(levels(pixels, { pixelPaddingValue: -2000, pixelPaddingRangeLimit: -1990 })).toEqual([0, 0, 0, 128, 255])
  })

  test('8 bits keep their full range', () => {
    expect(levels(Uint8Array.of(10, 20), { bitsStored: 8, pixelRepresentation: 0 })).toEqual([10, 20])
    expect(levels(Int8Array.of(-128, 0, 127), { bitsStored: 8 })).toEqual([0, 128, 255])
  })

  test('one bit is black and white, packed or not, even if only one value occurs', () => {
    const image = { bitsStored: 1, pixelRepresentation: 0 }
    expect(levels(Uint8Array.of(1, 1, 0), image)).toEqual([255, 255, 0])
    expect(levels(Uint8Array.of(0b101), { ...image, columns: 3 })).toEqual([255, 0, 255])
  })

  test('float and 32-bit pixels go from smallest to largest, NaN is black', () => {
    expect(levels(Float32Array.of(-1, 0, 1, Number.NaN), { bitsStored: 32 })).toEqual([0, 128, 255, 0])
    expect(levels(Uint32Array.of(4e9, 0, 2e9), { bitsStored: 32, pixelRepresentation: 0 })).toEqual([255, 0, 128])
  })

  test('a frame of one value is black', () => {
    expect(levels(Int16Array.of(7, 7))).toEqual([0, 0])
  })
})

describe('grey', () => {
  const window = { windowCenter: [128], windowWidth: [256] }

  test('is inverted by MONOCHROME1 or INVERSE, by both together once', () => {
    const pixels = Int16Array.of(0, 100, 255)
    const turned = [255, 155, 0]
    expect(levels(pixels, { ...window, photometricInterpretation: 'MONOCHROME1' })).toEqual(turned)
    expect(levels(pixels, { ...window, presentationLutShape: 'INVERSE' })).toEqual(turned)
    const both = { ...window, photometricInterpretation: 'MONOCHROME1', presentationLutShape: 'INVERSE' }
    expect(levels(pixels, both)).toEqual(turned)
  })

  test('ignores bits above BitsStored', () => {
    const image = { ...window, bitsStored: 12, pixelRepresentation: 0 }
    expect(levels(Uint16Array.of(0x1064, 0x0064), image)).toEqual([100, 100])
    expect(levels(Int16Array.of(0x0fff), { ...image, pixelRepresentation: 1, rescaleIntercept: 11 })).toEqual([10])
  })

  test('of more than 16 bits ignores bits above them too', () => {
    const image = { windowCenter: [0x20000], windowWidth: [0x40000], rescaleIntercept: 0 }
    const pixels = Uint32Array.of(0xff_000000, 0xff_020000, 0xff_03ffff)
    expect(levels(pixels, { ...image, bitsStored: 18, pixelRepresentation: 0 })).toEqual([0, 128, 255])
    const signed = { ...image, windowCenter: [0], bitsStored: 18 }
    expect(levels(Int32Array.of(0x20000, 0, 0x1ffff), signed)).toEqual([0, 128, 255])
  })

  test('is read from the bits up to HighBit', () => {
    const image = { ...window, bitsStored: 8, highBit: 11, pixelRepresentation: 0 }
    expect(levels(Uint16Array.of(0xf64f, 0x0ff0), image)).toEqual([100, 255])
    expect(levels(Int16Array.of(-16, 16), { ...image, pixelRepresentation: 1, rescaleIntercept: 1 })).toEqual([0, 2])
    expect(levels(Uint16Array.of(0xf64f), { ...image, photometricInterpretation: 'MONOCHROME1' })).toEqual([155])
  })

  test('in 16 bits is the stored values, signed ones raised, not inverted', () => {
    const image = { ...window, rescaleIntercept: -1024, photometricInterpretation: 'MONOCHROME1' }
    expect(levels(Int16Array.of(-32768, 0, 32767), image, { bits: 16 })).toEqual([0, 32768, 65535])
    const unsigned = { ...image, bitsStored: 12, pixelRepresentation: 0 }
    expect(levels(Uint16Array.of(0, 4095), unsigned, { bits: 16 })).toEqual([0, 4095])
  })

  test('in 16 bits with a window has the full range', () => {
    const options: RenderOptions = { bits: 16, window: { center: 0, width: 101 } }
    expect(levels(Int16Array.of(-51, -1, 50), {}, options)).toEqual([0, 32440, 65535])
  })

  test('with a modality LUT is taken from its entries', () => {
    const modalityLut = { firstMapped: -1, bits: 16, entries: Uint16Array.of(5, 105, 205) }
    expect(levels(Int16Array.of(-9, 0, 9), { ...window, modalityLut })).toEqual([5, 105, 205])
  })
})

describe('colour', () => {
  test('RGB is kept, by pixel or by plane', () => {
    expect(levels(Uint8Array.of(1, 2, 3, 4, 5, 6), colour)).toEqual([1, 2, 3, 4, 5, 6])
    expect(levels(Uint8Array.of(1, 4, 2, 5, 3, 6), { ...colour, planarConfiguration: 1 })).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('of more bits is cut to 8, of fewer scaled', () => {
    expect(levels(Uint16Array.of(65535, 256, 255), { ...colour, bitsStored: 16 })).toEqual([255, 1, 0])
    expect(levels(Uint8Array.of(127, 64, 0), { ...colour, bitsStored: 7 })).toEqual([255, 129, 0])
    expect(levels(Uint32Array.of(0xffffffff, 0x01fffff0, 0xffffff), { ...colour, bitsStored: 32 })).toEqual([255, 1, 0])
    expect(levels(Uint8Array.of(255, 1, 0), colour, { bits: 16 })).toEqual([65535, 257, 0])
  })

  test('YBR_FULL becomes RGB, grey exactly', () => {
    const image = { ...colour, photometricInterpretation: 'YBR_FULL' }
    expect(levels(Uint8Array.of(76, 85, 255, 200, 128, 128), image)).toEqual([254, 0, 0, 200, 200, 200])
  })

  test('YBR_FULL_422 as stored has one pair of chrominances for two pixels', () => {
    const image = { ...colour, photometricInterpretation: 'YBR_FULL_422', columns: 2 }
    expect(levels(Uint8Array.of(10, 20, 128, 128), image)).toEqual([10, 10, 10, 20, 20, 20])
  })

  // The limits of luminance and chrominance in ITU-R BT.601.
  test('YBR_PARTIAL_422 has black at 16 and white at 235', () => {
    const image = { ...colour, photometricInterpretation: 'YBR_PARTIAL_422', columns: 2 }
    expect(levels(Uint8Array.of(16, 235, 128, 128), image)).toEqual([0, 0, 0, 255, 255, 255])
    expect(levels(Uint8Array.of(81, 90, 240, 16, 128, 128), image).slice(0, 3)).toEqual([254, 0, 0])
  })

  test('of a palette is taken from its tables', () => {
    const palette = {
      red: paletteChannel(0, 0xff00),
      green: paletteChannel(0x8000, 0),
      blue: paletteChannel(0, 0x1234),
    }
    const image = {
      ...grey,
      photometricInterpretation: 'PALETTE COLOR',
      bitsStored: 8,
      pixelRepresentation: 0,
      palette,
    }
    expect(levels(Uint8Array.of(0, 1, 2, 3), image)).toEqual([0, 128, 0, 0, 128, 0, 255, 0, 0x12, 255, 0, 0x12])
  })
})

describe('rendering fails for', () => {
  test('pixels that do not fill the picture', () => {
    expect(codeOf(() => renderFrame(new Uint8Array(3), { ...grey, columns: 4 }))).toBe('RENDER_PIXEL_COUNT_MISMATCH')
    expect(codeOf(() => renderFrame(new Uint8Array(3), { ...colour, samplesPerPixel: 1 }))).toBe(
      'RENDER_PIXEL_COUNT_MISMATCH',
    )
    expect(codeOf(() => renderFrame(new Uint8Array(0), { ...grey, rows: 0 }))).toBe('RENDER_PIXEL_COUNT_MISMATCH')
  })

  test('an unknown photometric interpretation, and a missing palette', () => {
    expect(codeOf(() => levels(Uint8Array.of(1), { photometricInterpretation: 'CMYK' }))).toBe(
      'RENDER_PHOTOMETRIC_INTERPRETATION_UNSUPPORTED',
    )
    expect(codeOf(() => levels(Uint8Array.of(1), { photometricInterpretation: 'PALETTE COLOR' }))).toBe(
      'RENDER_PALETTE_MISSING',
    )
  })
})
