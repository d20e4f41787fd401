import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { metadataOf } from './support/client.ts'
import { element, fileOf, item, itemDelimiter, openSequence, sequenceDelimiter } from './support/elements.ts'

const icons = 0x00880200
const usOf = (tag: number, value: number): Buffer => element(tag, 'US', Buffer.from(Uint16Array.of(value).buffer))
const iconPixels = [
  usOf(0x00280002, 1),
  element(0x00280004, 'CS', 'MONOCHROME2'),
  usOf(0x00280010, 2),
  usOf(0x00280011, 2),
  usOf(0x00280100, 8),
  usOf(0x00280101, 8),
  usOf(0x00280102, 7),
  usOf(0x00280103, 0),
]
const encapsulated = Buffer.concat([
  openSequence(0x7fe00010, 'OB'),
  item(0),
  item(4),
  Buffer.from([0xff, 0xd8, 0xff, 0xd9]),
  sequenceDelimiter,
])
const native = element(0x7fe00010, 'OB', Buffer.from([9, 8, 7, 6]))

function sequence(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat([openSequence(tag), item(), ...parts, itemDelimiter, sequenceDelimiter])
}

describe('an import', () => {
  let emulator: Emulator

  beforeAll(async () => {
    emulator = await startEmulator()
  })

  afterAll(() => emulator.close())

  async function imported(...parts: readonly Uint8Array[]) {
    const { datastoreId } = await emulator.createDatastore()
    const uids = fileOf([])
    const report = await emulator.importDicom([Buffer.concat([uids, ...parts])], { datastoreId })
    expect(report).toMatchObject({ imported: 1, rejected: [] })
    const metadata = await metadataOf({
      endpoint: emulator.endpoint,
      datastoreId,
      imageSetId: report.imageSets[0]?.imageSetId ?? '',
    })
    const [series] = Object.values(metadata.Study.Series)
    const attributes = series?.Instances['2.25.1']?.DICOM ?? {}
    return { attributes, messages: report.warnings.map(({ message }) => message) }
  }

  const iconLost = 'encapsulated pixel data of items, such as icons, is not kept: 7FE00010'

  test.each([
    ['in an icon', sequence(icons, ...iconPixels, encapsulated)],
    [
      'deep in private sequences',
      Buffer.concat([
        element(0x00890010, 'LO', 'MAKER'),
        sequence(0x00891001, element(0x00890010, 'LO', 'MAKER'), sequence(0x00891002, ...iconPixels, encapsulated)),
      ]),
    ],
  ])('warns about encapsulated pixel data %s, and removes it', async (_, part) => {
    const { attributes, messages } = await imported(part)
    expect(messages).toEqual([iconLost])
    expect(JSON.stringify(attributes)).not.toMatch(/PixelData|7FE00010/)
    expect(JSON.stringify(attributes)).toContain('"BitsAllocated":8')
  })

  test('keeps native pixels of items, and binary values at any depth', async () => {
    const bytes = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8])
    const all = ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN'].map((vr, index) => {
      const header = element(0x00891010 + index, 'OB', bytes)
      header.write(vr, 4, 'latin1')
      return header
    })
    const inner = [element(0x00890010, 'LO', 'MAKER'), ...all]
    const { attributes, messages } = await imported(
      sequence(icons, ...iconPixels, native),
      element(0x00890010, 'LO', 'MAKER'),
      sequence(0x00891001, ...inner, sequence(0x00891002, ...inner, sequence(0x00891003, ...inner))),
    )
    expect(messages).toEqual([])
    expect(attributes['IconImageSequence']).toMatchObject([{ PixelData: Buffer.from([9, 8, 7, 6]).toString('base64') }])
    expect(JSON.stringify(attributes).split(bytes.toString('base64'))).toHaveLength(1 + 3 * all.length)
  })

  test('warns about bytes that are not characters', async () => {
    const { messages } = await imported(
      element(0x0020000e, 'UI', '2.25.100'),
      element(0x00204000, 'LT', Buffer.from([0x41, 0xa0, 0xfd])),
      element(0x00880140, 'UI', '2.25.3'),
    )
    expect(messages).toEqual(['of attributes that come more than once the last one is kept: 0020000E'])
    const japanese = sequence(icons, element(0x00080005, 'CS', 'ISO_IR 192'), element(0x00204000, 'LT', 'A\xfd'))
    const { messages: lost } = await imported(
      Buffer.from(japanese.toString('latin1').replace('A\xc3\xbd', 'A\xfdB'), 'latin1'),
    )
    expect(lost).toEqual(['bytes that the character set does not have became U+FFFD: ImageComments'])
  })

  test('does not warn about U+FFFD in the file', async () => {
    const text = sequence(icons, element(0x00080005, 'CS', 'ISO_IR 192'), element(0x00204000, 'LT', 'A\ufffd'))
    expect((await imported(text)).messages).toEqual([])
  })

  test('warns about a private attribute with several VRs, of which the document keeps one', async () => {
    const maker = element(0x00890010, 'LO', 'MAKER')
    const { messages } = await imported(
      maker,
      element(0x00891001, 'LO', 'text'),
      sequence(0x00891002, maker, element(0x00891001, 'SH', 'text')),
    )
    expect(messages).toEqual(['of attributes that come with several VRs the document has the first one: 00891001'])
  })
})

test('a file with an empty icon has no warnings', () => {
  const attributes = {
    SOPClassUID: '1.2.3',
    SOPInstanceUID: '1.2.3',
    IconImageSequence: [{ Rows: 2, PixelData: null }],
  }
  expect(Buffer.from(encodePart10({ attributes })).includes(Buffer.from([0xe0, 0x7f, 0x10, 0]))).toBe(false)
})
