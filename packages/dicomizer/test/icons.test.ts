import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'
import { encodePart10, type InstanceNotice } from '@ahi-dicom/dicomizer'
import { describe, expect, test } from 'vitest'
import { ctImageStorage } from './instances.ts'
import { readBack } from './read-back.ts'
import { hasPydicom } from './tools.ts'

const pixelDataTag = Buffer.from([0xe0, 0x7f, 0x10, 0x00])
const icon = { Rows: 2, Columns: 2, SamplesPerPixel: 1, BitsAllocated: 8, BitsStored: 8, HighBit: 7 }

function encoded(attributes: AttributeMap, vrs: Readonly<Record<string, string>> = {}) {
  const notices: InstanceNotice[] = []
  const base = { SOPClassUID: ctImageStorage, SOPInstanceUID: '1.2.3' }
  const file = encodePart10({ attributes: { ...base, ...attributes }, vrs, onNotice: (notice) => notices.push(notice) })
  return { file: Buffer.from(file), notices }
}

describe('an icon without its pixels', () => {
  test.each<readonly [string, AttributeMap, string]>([
    ['null', { IconImageSequence: [{ ...icon, PixelData: null }] }, '00880200'],
    ['empty text', { IconImageSequence: [{ ...icon, PixelData: '' }] }, '00880200'],
    ['an empty array', { IconImageSequence: [{ ...icon, PixelData: [] }] }, '00880200'],
    ['null by its tag', { IconImageSequence: [{ Rows: 2, '7FE00010': null }] }, '00880200'],
    ['absent', { IconImageSequence: [icon] }, '00880200'],
    [
      'absent, in private sequences',
      { '00890010': 'MAKER', '00891001': [{ '00890010': 'MAKER', '00891002': [icon, icon] }] },
      '00891002',
    ],
  ])('has a notice and no empty Pixel Data: %s', (_, attributes, tag) => {
    const { file, notices } = encoded(attributes, { '00891001': 'SQ', '00891002': 'SQ' })
    expect(notices).toEqual([
      {
        code: 'ITEM_PIXELS_MISSING',
        tag,
        message: 'the image of an item, such as an icon, is written without its pixels: the document lacks them',
        isLoss: false,
      },
    ])
    expect(file.includes(pixelDataTag)).toBe(false)
  })

  test('is not assumed in an item with other attributes', () => {
    expect(encoded({ IconImageSequence: [{ Rows: 2 }, {}], ReferencedImageSequence: null }).notices).toEqual([])
  })
})

const bytes = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8])
const binaryVrs = ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']

describe.skipIf(!hasPydicom())('binary values of items', () => {
  test('keep their bytes at any depth', () => {
    const vrs = Object.fromEntries(binaryVrs.map((vr, index) => [`0089101${index}`, vr]))
    const values: AttributeMap = {
      '00890010': 'MAKER',
      ...Object.fromEntries(Object.keys(vrs).map((key) => [key, bytes.toString('base64')])),
    }
    const levels = [1, 2, 3].reduce<JsonValue>((inner) => [{ ...values, '00891020': inner }], [{ ...values }])
    const { file, notices } = encoded({ '00890010': 'MAKER', '00891020': levels }, { ...vrs, '00891020': 'SQ' })
    expect(notices).toEqual([])
    const expected = Object.entries(vrs).map(([tag, vr]) => [tag, { vr, value: bytes.toString('base64') }])
    let items: unknown = readBack([file])[0]?.dataSet['00891020']?.value
    for (let depth = 0; depth < 4; depth++) {
      const [first]: readonly Record<string, { readonly value: unknown }>[] = JSON.parse(JSON.stringify(items))
      expect(first).toMatchObject(Object.fromEntries(expected))
      items = first?.['00891020']?.value
    }
  })

  test.each([
    ['OB', 8],
    ['OW', 16],
  ])('keep the native pixels of an icon, as %s', (vr, BitsAllocated) => {
    const { file, notices } = encoded({
      IconImageSequence: [{ ...icon, BitsAllocated, PixelData: bytes.toString('base64') }],
    })
    expect(notices).toEqual([])
    const [item] = readBack([file])[0]?.dataSet['00880200']?.value ?? []
    expect(item).toMatchObject({ '7FE00010': { vr, value: bytes.toString('base64') } })
  })
})
