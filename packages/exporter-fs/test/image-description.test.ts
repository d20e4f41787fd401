import { describe, expect, test } from 'vitest'
import { describeImage } from '@ahi-dicom/exporter-fs'
import { attributesOf } from './instance-double.ts'

const image = { Rows: 2, Columns: 3, SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2', BitsStored: 12 }

function words(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint16Array.from(values).buffer)
}

describe('describeImage', () => {
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

  test('prefers the functional groups of the frame, then those shared', () => {
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

  test('reads tables of US and OW, and first values that are negative', () => {
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
