import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import { beforeAll, describe, expect, test } from 'vitest'

import { ctImageStorage } from './instances.ts'
import { readBack, type DumpedFile } from './read-back.ts'
import { hasPydicom } from './tools.ts'

interface Case {
  readonly title: string
  readonly attributes: AttributeMap
  readonly vrs?: Readonly<Record<string, string>>
  /** Element, its VR in the file, and its value as dump_part10.py prints it. */
  readonly expected: readonly [tag: string, vr: string, value: string | readonly string[]]
}

const base64 = (...bytes: readonly number[]): string => Buffer.from(bytes).toString('base64')

const cases: readonly Case[] = [
  // Text
  { title: 'DS keeps its text', attributes: { PatientWeight: '070.50 ' }, expected: ['00101030', 'DS', '070.50'] },
  {
    title: 'IS of several values',
    attributes: { FrameNumbersOfInterest: [1, 2] },
    expected: ['00286020', 'US', ['1', '2']],
  },
  {
    title: 'an empty component',
    attributes: { ImageType: ['ORIGINAL', 'PRIMARY', '', '0015'] },
    expected: ['00080008', 'CS', 'ORIGINAL\\PRIMARY\\\\0015'],
  },
  { title: 'a number for DS', attributes: { PatientWeight: 70.5 }, expected: ['00101030', 'DS', '70.5'] },
  { title: 'a number for LO', attributes: { PatientID: 17 }, expected: ['00100020', 'LO', '17'] },
  {
    title: 'a person name of DICOM JSON',
    attributes: { PatientName: { Alphabetic: 'A^B', Phonetic: 'C^D' } },
    expected: ['00100010', 'PN', 'A^B==C^D'],
  },
  { title: 'a scalar where the VM is 1-n', attributes: { OtherPatientIDs: 'A' }, expected: ['00101000', 'LO', 'A'] },
  { title: 'an array where the VM is 1', attributes: { PatientID: ['A', 'B'] }, expected: ['00100020', 'LO', 'A\\B'] },
  ...['0,5', '1e999', '-Infinity', 'NaN', '0x10', '1.23456789012345678901234567890', ' 1 2'].map((text) => ({
    title: `DS that is no number, or too long: ${text}`,
    attributes: { PatientWeight: text },
    expected: ['00101030', 'DS', text] as const,
  })),
  // Numbers
  { title: 'text for US', attributes: { Rows: ' 512 ' }, expected: ['00280010', 'US', ['512']] },
  { title: 'empty text for US', attributes: { Rows: '' }, expected: ['00280010', 'US', []] },
  {
    title: 'bigint for UV',
    attributes: { FileOffsetInContainer: 2n ** 64n - 1n },
    expected: ['0008040C', 'UV', ['18446744073709551615']],
  },
  {
    title: 'text for UV',
    attributes: { FileOffsetInContainer: '18446744073709551615' },
    expected: ['0008040C', 'UV', ['18446744073709551615']],
  },
  {
    title: 'FD that is an integer',
    attributes: { PhysicalDeltaX: 1 },
    expected: ['0018602C', 'FD', ['000000000000f03f']],
  },
  { title: 'FL', attributes: { BeamAngle: 0.1 }, expected: ['00189449', 'FL', float(0.1)] },
  {
    title: 'FD that JSON cannot hold',
    attributes: { PhysicalDeltaX: '-Infinity' },
    expected: ['0018602C', 'FD', ['000000000000f0ff']],
  },
  { title: 'AT', attributes: { FrameIncrementPointer: ['00181065'] }, expected: ['00280009', 'AT', ['00181065']] },
  // Binary
  {
    title: 'odd base64',
    attributes: { '00091001': base64(1, 2, 3) },
    vrs: { '00091001': 'OB' },
    expected: ['00091001', 'OB', base64(1, 2, 3, 0)],
  },
  {
    title: 'words for OW',
    attributes: { RedPaletteColorLookupTableData: [1, 258] },
    expected: ['00281201', 'OW', base64(1, 0, 2, 1)],
  },
  {
    title: 'an empty private UN',
    attributes: { '00091001': '' },
    vrs: { '00091001': 'UN' },
    expected: ['00091001', 'UN', ''],
  },
  {
    title: 'null for UN',
    attributes: { '00091001': null },
    vrs: { '00091001': 'UN' },
    expected: ['00091001', 'UN', ''],
  },
  // VRs that are not stated
  { title: 'a private creator', attributes: { '00090010': 'MAKER' }, expected: ['00090010', 'LO', 'MAKER'] },
  { title: 'private base64', attributes: { '00091001': 'MCA=' }, expected: ['00091001', 'UN', 'MCA='] },
  { title: 'private text', attributes: { '00091001': 'not base64' }, expected: ['00091001', 'UT', 'not base64'] },
  { title: 'private texts', attributes: { '00091001': ['a', 'b'] }, expected: ['00091001', 'UC', 'a\\b'] },
  { title: 'a private integer', attributes: { '00091001': -3 }, expected: ['00091001', 'SL', ['-3']] },
  {
    title: 'a large private integer',
    attributes: { '00091001': 2 ** 31 },
    expected: ['00091001', 'UL', [String(2 ** 31)]],
  },
  {
    title: 'private numbers',
    attributes: { '00091001': [0.5, 1] },
    expected: ['00091001', 'FD', ['000000000000e03f', '000000000000f03f']],
  },
  {
    title: 'an invalid VR',
    attributes: { '00091001': 'text, yes' },
    vrs: { '00091001': '97' },
    expected: ['00091001', 'UT', 'text, yes'],
  },
  // Keys
  { title: 'a public element by its tag', attributes: { '00100020': 'A' }, expected: ['00100020', 'LO', 'A'] },
  { title: 'a retired keyword', attributes: { StudyComments: 'A' }, expected: ['00324000', 'LT', 'A'] },
  {
    title: 'the keyword of a repeating group',
    attributes: { OverlayData: base64(1, 2) },
    expected: ['60003000', 'OW', base64(1, 2)],
  },
  {
    title: 'a repeating group by tag',
    attributes: { '60023000': base64(1, 2) },
    expected: ['60023000', 'OW', base64(1, 2)],
  },
  // VRs that PS3.6 leaves open
  {
    title: 'US or SS, unsigned pixels',
    attributes: { PixelRepresentation: 0, SmallestImagePixelValue: 3 },
    expected: ['00280106', 'US', ['3']],
  },
  {
    title: 'US or SS, signed pixels',
    attributes: { PixelRepresentation: 1, SmallestImagePixelValue: 3 },
    expected: ['00280106', 'SS', ['3']],
  },
  { title: 'US or SS, no pixels', attributes: { SmallestImagePixelValue: 3 }, expected: ['00280106', 'US', ['3']] },
  {
    title: 'US or SS that the VR cannot hold',
    attributes: { PixelRepresentation: 0, PixelPaddingValue: -2000 },
    expected: ['00280120', 'SS', ['-2000']],
  },
  {
    title: 'SS or US that the VR cannot hold',
    attributes: { PixelRepresentation: 1, PixelPaddingValue: 63_536 },
    expected: ['00280120', 'US', ['63536']],
  },
  {
    title: 'a LUT descriptor of both signs',
    attributes: { PixelRepresentation: 1, '00283002': [40_000, -1024, 16] },
    expected: ['00283002', 'SS', ['-25536', '-1024', '16']],
  },
  { title: 'LUT data as numbers', attributes: { LUTData: [1, 65_535] }, expected: ['00283006', 'US', ['1', '65535']] },
  {
    title: 'LUT data as base64',
    attributes: { LUTData: base64(1, 0, 255, 255) },
    expected: ['00283006', 'OW', base64(1, 0, 255, 255)],
  },
  {
    title: 'waveform data of 8 bits',
    attributes: { WaveformBitsAllocated: 8, WaveformData: base64(1, 2) },
    expected: ['54001010', 'OB', base64(1, 2)],
  },
  {
    title: 'waveform data of 16 bits',
    attributes: { WaveformBitsAllocated: 16, WaveformData: base64(1, 2) },
    expected: ['54001010', 'OW', base64(1, 2)],
  },
  // Lengths beyond 16 bits (PS3.5 6.2.2)
  {
    title: 'text too long for its length field',
    attributes: { '00091001': 'x'.repeat(65_535) },
    vrs: { '00091001': 'LT' },
    expected: ['00091001', 'UN', Buffer.from(`${'x'.repeat(65_535)} `).toString('base64')],
  },
  {
    title: 'the longest text of a short length field',
    attributes: { '00091001': 'x'.repeat(65_534) },
    vrs: { '00091001': 'LT' },
    expected: ['00091001', 'LT', 'x'.repeat(65_534)],
  },
]

function float(number: number): readonly string[] {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(number)
  return [bytes.toString('hex')]
}

function fileOf(attributes: AttributeMap, vrs: Readonly<Record<string, string>> = {}): Uint8Array {
  return encodePart10({ attributes: { SOPClassUID: ctImageStorage, SOPInstanceUID: '1.2.3', ...attributes }, vrs })
}

describe.skipIf(!hasPydicom())('in the file that pydicom reads', () => {
  const nested = fileOf(
    {
      PixelRepresentation: 0,
      ModalityLUTSequence: [
        { SmallestImagePixelValue: 1 },
        { PixelRepresentation: 1, SmallestImagePixelValue: 1 },
        null,
        {},
      ],
      '00091001': [{ '00091002': 'A', '00090010': 'MAKER' }],
      '00091003': { PatientID: 'one item' },
      '00100000': 12,
    },
    { '00091001': 'UN', '00091002': 'LO', '00091003': 'SQ' },
  )
  const imported = fileOf({
    FileMetaInformationVersion: 'AAE=',
    FileMetaInformationGroupLength: 99,
    MediaStorageSOPClassUID: '1.1',
    MediaStorageSOPInstanceUID: '1.1.1',
    TransferSyntaxUID: '1.2.840.10008.1.2',
    ImplementationClassUID: '1.9',
    ImplementationVersionName: 'OTHER',
    SourceApplicationEntityTitle: 'STATION',
  })
  let files: readonly DumpedFile[]

  beforeAll(() => {
    files = readBack([...cases.map(({ attributes, vrs }) => fileOf(attributes, vrs)), nested, imported])
  })

  test.each(cases.map(({ title, expected }, index) => ({ title, expected, index })))(
    '$title',
    ({ expected, index }) => {
      const [tag, vr, value] = expected
      expect(files[index]?.dataSet[tag]).toEqual({ vr, value })
    },
  )

  test('items use their own PixelRepresentation or the enclosing one, also in private sequences', () => {
    const file = files[cases.length]
    expect(file?.dataSet['00283000']?.value).toEqual([
      { '00280106': { vr: 'US', value: ['1'] } },
      { '00280103': { vr: 'US', value: ['1'] }, '00280106': { vr: 'SS', value: ['1'] } },
      {},
      {},
    ])
    expect(file?.dataSet['00091001']?.value).toEqual([
      { '00090010': { vr: 'LO', value: 'MAKER' }, '00091002': { vr: 'LO', value: 'A' } },
    ])
    expect(file?.dataSet['00091003']?.value).toEqual([{ '00100020': { vr: 'LO', value: 'one item' } }])
  })

  test('group lengths are removed', () => {
    expect(files[cases.length]?.dataSet['00100000']).toBeUndefined()
  })

  test('group 2 is written anew, except for the origin of the file', () => {
    const meta = files[cases.length + 1]?.meta
    expect(Object.fromEntries(Object.entries(meta ?? {}).map(([tag, { value }]) => [tag, value]))).toEqual({
      '00020000': expect.any(String),
      '00020001': expect.any(String),
      '00020002': ctImageStorage,
      '00020003': '1.2.3',
      '00020010': '1.2.840.10008.1.2.1',
      '00020012': expect.stringMatching(/^2\.25\.\d{38,39}$/),
      '00020013': expect.stringMatching(/^AHI_DICOM_\d+\.\d+$/),
      '00020016': 'STATION',
    })
  })
})

test.each(['SOPClassUID', 'SOPInstanceUID'])('a missing %s is a MetadataError', (keyword) => {
  expect(() => fileOf({ [keyword]: null })).toThrow(expect.objectContaining({ tag: keyword }))
})

test('elements are sorted by tag, for any order of the document', () => {
  const attributes = { '00091001': 'AAE=', PatientID: '1', Modality: 'CT', '00090010': 'MAKER' }
  const turned = Object.fromEntries(Object.entries(attributes).toReversed())
  expect(fileOf(turned)).toEqual(fileOf(attributes))
})
