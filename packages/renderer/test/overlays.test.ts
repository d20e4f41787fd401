import { describe, expect, test } from 'vitest'
import { renderFrame } from '@ahi-dicom/renderer'
import type { ImageDescription, Overlay, PixelArray, RenderOptions } from '@ahi-dicom/renderer'

const image: ImageDescription = {
  rows: 3,
  columns: 3,
  samplesPerPixel: 1,
  photometricInterpretation: 'MONOCHROME2',
  bitsStored: 8,
  pixelRepresentation: 0,
}
const grey = new Uint8Array(9).fill(100)
const corners: Overlay = { rows: 2, columns: 2, origin: [1, 1], data: Uint8Array.of(0b1001) }

function drawn(
  overlays: readonly Overlay[],
  { pixels = grey, ...rest }: Partial<ImageDescription> & RenderOptions & { readonly pixels?: PixelArray } = {},
): readonly number[] {
  const { bits, ...description } = rest
  return [...renderFrame(pixels, { ...image, ...description, overlays }, { overlays: true, bits }).data]
}

describe('overlays', () => {
  test('are drawn on request only, in white', () => {
    expect([...renderFrame(grey, { ...image, overlays: [corners] }).data]).toEqual([...grey])
    expect(drawn([corners])).toEqual([255, 100, 100, 100, 255, 100, 100, 100, 100])
  })

  test('are white in inverted pictures, in colour and in stored values too', () => {
    expect(drawn([corners], { photometricInterpretation: 'MONOCHROME1' })[0]).toBe(255)
    const rgb = { photometricInterpretation: 'RGB', samplesPerPixel: 3, pixels: new Uint8Array(27).fill(9) }
    expect(drawn([corners], rgb).slice(0, 6)).toEqual([255, 255, 255, 9, 9, 9])
    expect(drawn([corners], { ...rgb, bits: 16 }).slice(0, 4)).toEqual([65_535, 65_535, 65_535, 9 * 257])
    const stored = { bits: 16, bitsStored: 12, pixels: new Uint16Array(9).fill(4000) } as const
    expect(drawn([corners], stored).slice(0, 2)).toEqual([4095, 4000])
  })

  test('may lie partly or wholly outside', () => {
    expect(drawn([{ ...corners, origin: [0, 0] }])).toEqual([255, 100, 100, 100, 100, 100, 100, 100, 100])
    expect(drawn([{ ...corners, origin: [3, 3] }])).toEqual([100, 100, 100, 100, 100, 100, 100, 100, 255])
    expect(drawn([{ ...corners, origin: [-7, 90] }])).toEqual([...grey])
  })

  test('may begin at any bit, and end early', () => {
    const rows = { rows: 2, columns: 3, origin: [2, 1], firstBit: 6 } as const
    const data = Uint8Array.of(0b0100_0000, 0b0000_0001)
    expect(drawn([{ ...rows, data }])).toEqual([100, 100, 100, 255, 100, 255, 100, 100, 100])
    expect(drawn([{ ...rows, data: data.subarray(0, 1) }])).toEqual([100, 100, 100, 255, 100, 100, 100, 100, 100])
  })

  test('may be in unused bits of the samples', () => {
    const pixels = Uint16Array.of(0x8064, 0x64, 0x164, 0x64, 0x64, 0x64, 0x64, 0x64, 0x64)
    expect(drawn([{ bitPosition: 15 }], { pixels }).slice(0, 3)).toEqual([255, 100, 100])
    expect(drawn([{ bitPosition: 8 }], { pixels }).slice(0, 3)).toEqual([100, 100, 255])
    const upper = pixels.map((value) => ((value & 0xff) << 8) | (value >>> 15))
    expect(drawn([{ bitPosition: 0 }], { pixels: upper, highBit: 15 }).slice(0, 3)).toEqual([255, 100, 100])
  })

  test('of regions of interest darken the rest of their rectangle', () => {
    expect(drawn([{ ...corners, type: 'R' }])).toEqual([100, 6, 100, 6, 100, 100, 100, 100, 100])
  })
})
