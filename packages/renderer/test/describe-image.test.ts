import { describe, expect, test } from 'vitest'
import { describeImage } from '@ahi-dicom/renderer'
import { attributesOf, type Attributes } from './picture-source-double.ts'

const image = { Rows: 2, Columns: 3, SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2', BitsStored: 12 }

function words(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint16Array.from(values).buffer)
}

function overlayPlane(group: string, values: Attributes): Attributes {
  return {
    [`${group}0010`]: 1,
    [`${group}0011`]: 3,
    [`${group}0040`]: 'G',
    [`${group}0050`]: [-1, 2],
    [`${group}3000`]: Uint8Array.of(0b101),
    ...Object.fromEntries(Object.entries(values).map(([element, value]) => [group + element, value])),
  }
}

describe('describeImage', () => {
  test('reads tables and padding as signed if the pixels are signed', () => {
    const voiLut = { VOILUTSequence: [{ LUTDescriptor: [1, 65_526, 16], LUTData: [1] }] }
    const firstMapped = (values: Attributes): number | undefined =>
      describeImage(attributesOf({ ...image, ...voiLut, ...values }), 0).voiLut?.firstMapped
    expect(firstMapped({ PixelRepresentation: 0 })).toBe(65_526)
    expect(firstMapped({ PixelRepresentation: 1 })).toBe(-10)
    expect(firstMapped({ PixelRepresentation: 0, RescaleIntercept: '-1024', RescaleSlope: '1' })).toBe(-10)
    const modalityLut = [{ LUTDescriptor: [1, 0, 16], LUTData: [1] }]
    expect(firstMapped({ PixelRepresentation: 1, ModalityLUTSequence: modalityLut })).toBe(65_526)
    const padding = { ...image, PixelRepresentation: 1, PixelPaddingValue: 63_536, PixelPaddingRangeLimit: -1990 }
    expect(describeImage(attributesOf(padding), 0)).toMatchObject({
      pixelPaddingValue: -2000,
      pixelPaddingRangeLimit: -1990,
    })
  })

  test('reads overlays of all groups, for all frames or for theirs', () => {
    const attributes = attributesOf({
      ...image,
      ...overlayPlane('6000', {}),
      ...overlayPlane('6002', { '0015': '2', '0051': 2 }),
      ...overlayPlane('601E', { '0051': 3 }),
    })
    const bitmap = { rows: 1, columns: 3, origin: [-1, 2], type: 'G', data: Uint8Array.of(0b101) }
    const overlays = [0, 1, 2, 3].map((frame) => describeImage(attributes, frame).overlays)
    expect(overlays[0]).toEqual([{ ...bitmap, firstBit: 0 }])
    expect(overlays[1]).toEqual([0, 0].map((firstBit) => ({ ...bitmap, firstBit })))
    expect(overlays[2]).toEqual([0, 3, 0].map((firstBit) => ({ ...bitmap, firstBit })))
    expect(overlays[3]).toEqual([{ ...bitmap, firstBit: 0 }])
  })

  test('reads overlays in unused bits of the samples', () => {
    const attributes = attributesOf({ ...image, '60000102': 12, '60020102': 0, '60040102': 15, '60040040': 'R' })
    expect(describeImage(attributes, 5).overlays).toEqual([{ bitPosition: 12 }, { bitPosition: 15, type: 'R' }])
    const upper = attributesOf({ ...image, HighBit: 15, '60000102': 12, '60020102': 0 })
    expect(describeImage(upper, 0)).toMatchObject({ highBit: 15, overlays: [{ bitPosition: 0 }] })
  })

  test('reads the data set', () => {
    const attributes = attributesOf({
      ...image,
      PixelRepresentation: 1,
      RescaleSlope: '2.5',
      RescaleIntercept: '-1024',
      WindowCenter: ['40', '-600'],
      WindowWidth: ['400', '1500'],
      PixelPaddingValue: -2000,
    })
    expect(describeImage(attributes, 0)).toMatchObject({
      rows: 2,
      columns: 3,
      bitsStored: 12,
      pixelRepresentation: 1,
      rescaleSlope: 2.5,
      rescaleIntercept: -1024,
      windowCenter: [40, -600],
      windowWidth: [400, 1500],
      pixelPaddingValue: -2000,
    })
  })

  test('prefers the functional groups of the frame, then the shared ones', () => {
    const attributes = attributesOf({
      ...image,
      WindowCenter: '1',
      WindowWidth: '1',
      SharedFunctionalGroupsSequence: [
        { PixelValueTransformationSequence: [{ RescaleSlope: '2', RescaleIntercept: '3' }] },
      ],
      PerFrameFunctionalGroupsSequence: [
        { FrameVOILUTSequence: [{ WindowCenter: '10', WindowWidth: '20', VOILUTFunction: 'SIGMOID' }] },
        { PixelValueTransformationSequence: [{ RescaleSlope: '7', RescaleIntercept: '0' }] },
      ],
    })
    expect(describeImage(attributes, 0)).toMatchObject({
      rescaleSlope: 2,
      windowCenter: [10],
      voiLutFunction: 'SIGMOID',
    })
    expect(describeImage(attributes, 1)).toMatchObject({ rescaleSlope: 7, windowCenter: [1] })
  })

  test('reads tables in US and OW, and negative first values', () => {
    const attributes = attributesOf({
      ...image,
      PixelRepresentation: 1,
      ModalityLUTSequence: [{ LUTDescriptor: [3, 65_526, 16], LUTData: [1, 2, 3] }],
      VOILUTSequence: [{ LUTDescriptor: [2, 5, 12], LUTData: words(9, 300) }],
    })
    expect(describeImage(attributes, 0)).toMatchObject({
      modalityLut: { firstMapped: -10, bits: 16, entries: Uint16Array.of(1, 2, 3) },
      voiLut: { firstMapped: 5, bits: 12, entries: Uint16Array.of(9, 300) },
    })
  })

  test('ignores tables whose descriptor is not three numbers', () => {
    for (const descriptor of [[3, 0], [3, 'a', 16], []]) {
      const attributes = attributesOf({ ...image, VOILUTSequence: [{ LUTDescriptor: descriptor, LUTData: [1, 2, 3] }] })
      expect(describeImage(attributes, 0).voiLut).toBeUndefined()
    }
  })

  test('reads palettes: 8-bit entries packed or in words, and segments', () => {
    const attributes = attributesOf({
      ...image,
      RedPaletteColorLookupTableDescriptor: [4, 0, 8],
      RedPaletteColorLookupTableData: Uint8Array.of(1, 2, 3, 4),
      GreenPaletteColorLookupTableDescriptor: [4, 0, 8],
      GreenPaletteColorLookupTableData: words(5, 6, 7, 8),
      BluePaletteColorLookupTableDescriptor: [4, 0, 16],
      SegmentedBluePaletteColorLookupTableData: words(0, 1, 100, 1, 3, 400),
    })
    const { palette } = describeImage(attributes, 0)
    expect([...(palette?.red.entries ?? [])]).toEqual([1, 2, 3, 4])
    expect([...(palette?.green.entries ?? [])]).toEqual([5, 6, 7, 8])
    expect([...(palette?.blue.entries ?? [])]).toEqual([100, 200, 300, 400])
  })
})
