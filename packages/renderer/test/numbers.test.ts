import { describe, expect, test } from 'vitest'
import { describeImage, encodePng } from '@ahi-dicom/renderer'
import type { ImageDescription, PictureNotice } from '@ahi-dicom/renderer'
import { attributesOf, pictureSource, type Attributes } from './picture-source-double.ts'

const image = { Rows: 1, Columns: 3, SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2', BitsStored: 12 }

interface Described {
  readonly description: ImageDescription
  readonly notices: readonly PictureNotice[]
}

function described(attributes: Attributes): Described {
  const notices: PictureNotice[] = []
  const onNotice = (notice: PictureNotice): void => void notices.push(notice)
  return { description: describeImage(attributesOf({ ...image, ...attributes }), 0, { onNotice }), notices }
}

describe('an invalid number', () => {
  test('with a decimal comma is read with a point, with a notice', () => {
    const { description, notices } = described({
      RescaleSlope: '0,5',
      RescaleIntercept: '-1024',
      WindowCenter: ['40,5 ', '1'],
      WindowWidth: ['4,0e2', '1'],
    })
    expect(description).toMatchObject({ rescaleSlope: 0.5, windowCenter: [40.5, 1], windowWidth: [400, 1] })
    expect(notices).toEqual(
      [
        ['00281053', 'RescaleSlope'],
        ['00281050', 'WindowCenter'],
        ['00281051', 'WindowWidth'],
      ].map(([tag, keyword]) => ({
        code: 'PICTURE_ATTRIBUTE_INVALID',
        tag,
        message: `${keyword} has a decimal comma, read as a point`,
      })),
    )
  })

  test.each(['1e999', '-Infinity', 'NaN', '0x10', '1,234,5', '1.234,5', '1 2', 'abc', '--1', '1e', '.'])(
    'is ignored with the windows that depend on it, with a notice: %s',
    (text) => {
      const attributes = { RescaleSlope: text, RescaleIntercept: '-1024', WindowCenter: '40', WindowWidth: '400' }
      const { description, notices } = described(attributes)
      expect(description).toMatchObject({ bitsStored: 12 })
      expect(description.rescaleSlope).toBeUndefined()
      expect(description.rescaleIntercept).toBeUndefined()
      expect(description.windowCenter).toBeUndefined()
      expect(notices.map(({ message }) => message)).toEqual([
        'RescaleSlope is not a number and is ignored',
        'WindowCenter is ignored, because the values that it applies to are unknown',
      ])
    },
  )

  test.each([
    ['40', 'x'],
    ['x', '400'],
    ['40', '0'],
    ['40', '-1'],
    ['40', ''],
  ])('is not used as a window, with a notice: %s, %s', (center, width) => {
    const { notices } = described({ WindowCenter: center, WindowWidth: width })
    expect(notices.map(({ message }) => message)).toContain(
      'WindowWidth and WindowCenter are not a valid window and are ignored',
    )
  })

  test('does not move the other values', () => {
    const { description } = described({ WindowCenter: ['', '40'], WindowWidth: ['100', '400'] })
    expect(description).toMatchObject({ windowCenter: [NaN, 40], windowWidth: [100, 400] })
  })

  test('may be bytes instead of text', () => {
    const { notices } = described({ RescaleSlope: Uint8Array.of(48, 32) })
    expect(notices).toMatchObject([{ tag: '00281053', message: 'RescaleSlope is not a number and is ignored' }])
  })

  test('has no notice if the attribute is absent', () => {
    const empty = {
      RescaleSlope: '',
      WindowCenter: ' ',
      WindowWidth: '',
      PixelPaddingValue: '',
      PixelSpacing: ['', ''],
    }
    expect(described(empty).notices).toEqual([])
    expect(
      described({ RescaleSlope: ' +1.5E0 ', WindowCenter: '12345678901234567890.5', WindowWidth: '.5e3' }),
    ).toEqual({
      description: expect.objectContaining({
        rescaleSlope: 1.5,
        windowCenter: [Number('12345678901234567890.5')],
        windowWidth: [500],
      }),
      notices: [],
    })
  })

  test('is not the padding of float pixels', () => {
    expect(described({ FloatPixelPaddingValue: 'NaN' }).notices).toEqual([])
  })

  test('has one notice for all frames of a PNG encoder', async () => {
    const notices: PictureNotice[] = []
    const source = pictureSource([Uint16Array.of(0, 1, 2)], { ...image, RescaleSlope: '0', PixelSpacing: ['0,5', 'x'] })
    await encodePng(source, { onNotice: (notice) => notices.push(notice) })
    expect(notices.map(({ message }) => message)).toEqual([
      'RescaleSlope is 0 and is ignored',
      'PixelSpacing has a decimal comma, read as a point',
      'PixelSpacing is not a number and is ignored',
    ])
  })
})
