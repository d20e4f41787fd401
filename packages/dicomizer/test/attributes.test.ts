import type { JsonValue } from '@ahi-dicom/ahi-metadata'
import { MetadataError, type DicomInstance } from '@ahi-dicom/dicomizer'
import { createRequire } from 'node:module'

import { expect, test } from 'vitest'

import { bytesOf, imageInstance, imageMetadata, knownFrames, onlyInstance } from './instances.ts'

const instance = imageInstance([], {
  attributes: {
    ImageType: ['ORIGINAL', 'PRIMARY '],
    WindowCenter: [' 40 ', '400'],
    PatientWeight: null,
    SliceThickness: '',
    PixelPaddingValue: -2000,
    FileOffsetInContainer: '18446744073709551615',
    ICCProfile: 'AQID',
    RedPaletteColorLookupTableData: [1, 258],
    RequestAttributesSequence: [{ ScheduledProcedureStepID: 'A' }, { ScheduledProcedureStepID: 'B' }],
    '00090010': 'MAKER',
    '00091001': 'private',
    '60023000': 'AQI=',
    '60003000': 'AwQ=',
  },
  instance: { DICOMVRs: { '00091001': 'LO' } },
})
const { attributes } = instance

test('attributes are looked up by keyword and by tag', () => {
  expect(attributes.strings('ImageType')).toEqual(['ORIGINAL', 'PRIMARY'])
  expect(attributes.string('ImageType')).toBe('ORIGINAL')
  expect(attributes.string('00080008')).toBe('ORIGINAL')
  expect(attributes.string('00091001')).toBe('private')
  expect(attributes.bytes('OverlayData')).toEqual(Uint8Array.of(3, 4))
  expect(attributes.bytes('60023000')).toEqual(Uint8Array.of(1, 2))
})

test('numbers are parsed from DS and IS', () => {
  expect(attributes.numbers('WindowCenter')).toEqual([40, 400])
  expect(attributes.number('WindowCenter')).toBe(40)
  expect(attributes.number('PixelPaddingValue')).toBe(-2000)
  expect(attributes.number('SliceThickness')).toBeUndefined()
  expect(attributes.number('Modality')).toBeUndefined()
  expect(attributes.number('PatientWeight')).toBeUndefined()
})

test('a value that is not a number is NaN in `numbers` and undefined in `number`', () => {
  const odd = imageInstance([], {
    attributes: {
      WindowCenter: ['', '40', '0,5', '0x10', '1e999', '-Infinity', 'NaN', ' 1e2 '],
      RescaleSlope: '0,5',
      PatientWeight: ' ',
      PhysicalDeltaX: 'NaN',
    },
  })
  expect(odd.attributes.numbers('WindowCenter')).toEqual([NaN, 40, NaN, NaN, NaN, NaN, NaN, 100])
  expect(odd.attributes.number('WindowCenter')).toBeUndefined()
  expect(odd.attributes.number('RescaleSlope')).toBeUndefined()
  expect(odd.attributes.numbers('PatientWeight')).toEqual([])
  expect(odd.attributes.numbers('PhysicalDeltaX')).toEqual([NaN])
  expect(odd.dataset).toMatchObject({ RescaleSlope: '0,5', PatientWeight: null })
})

test('bytes equal the value in the file', () => {
  expect(attributes.bytes('ICCProfile')).toEqual(Uint8Array.of(1, 2, 3))
  expect(attributes.bytes('RedPaletteColorLookupTableData')).toEqual(Uint8Array.of(1, 0, 2, 1))
  expect(attributes.bytes('Modality')).toBeUndefined()
})

test('items are looked up in the same way', () => {
  const items = attributes.items('RequestAttributesSequence')
  expect(items.map((item) => item.string('ScheduledProcedureStepID'))).toEqual(['A', 'B'])
  expect(attributes.items('Modality')).toEqual([])
})

test('`has` is true for an empty attribute and false for an absent one', () => {
  expect(attributes.has('PatientWeight')).toBe(true)
  expect(attributes.strings('PatientWeight')).toEqual([])
  expect(attributes.has('PatientSize')).toBe(false)
  expect(attributes.string('PatientSize')).toBeUndefined()
  expect(attributes.has('Nonsense')).toBe(false)
})

test('keywords are sorted by tag; private and repeated elements are named by tag', () => {
  const keywords = [...attributes.keywords()]
  expect(keywords.slice(0, 3)).toEqual(['ImageType', 'SOPClassUID', 'SOPInstanceUID'])
  expect(keywords).toContain('PatientWeight')
  expect(keywords.filter((keyword) => /^[0-9A-F]{8}$/.test(keyword))).toEqual(['00090010', '00091001', '60023000'])
})

test('the levels are merged, with the patient first and the instance last', () => {
  const metadata = imageMetadata([])
  const [series] = Object.values(metadata.Study.Series)
  const [document] = Object.values(series?.Instances ?? {})
  if (series === undefined || document === undefined) throw new Error('no instance')
  metadata.Patient.DICOM = { PatientComments: 'patient' }
  metadata.Study.DICOM = { ...metadata.Study.DICOM, PatientComments: 'study', StudyID: 'study' }
  series.DICOM = { PatientComments: 'series', StudyID: 'series', SeriesNumber: 'series' }
  document.DICOM = { ...document.DICOM, PatientComments: '4', StudyID: '4', '00200011': '4', InstanceNumber: '4' }
  const merged = onlyInstance(metadata).attributes
  expect(
    ['PatientComments', 'StudyID', 'SeriesNumber', 'InstanceNumber'].map((keyword) => merged.string(keyword)),
  ).toEqual(['patient', 'study', 'series', '4'])
})

test('the identifiers come from the document', () => {
  expect(imageInstance(knownFrames(2))).toMatchObject({
    datastoreId: '0123456789abcdef0123456789abcdef',
    imageSetId: 'fedcba9876543210fedcba9876543210',
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.4',
    sopInstanceUid: '1.2.3.4.5',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    storedTransferSyntaxUid: '1.2.840.10008.1.2.4.202',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    frameCount: 2,
    frameByteLength: 24,
  })
})

test('the dcmjs data set equals the one that dcmjs reads from the file', async () => {
  const varied = imageInstance([], {
    attributes: {
      ImageType: ['ORIGINAL', 'PRIMARY ', '', 'X'],
      PatientName: 'A^B=C',
      SliceThickness: '1.50 ',
      WindowCenter: ['40', ' 400'],
      PixelPaddingValue: -2000,
      FileOffsetInContainer: '18446744073709551615',
      PhysicalDeltaX: 0.5,
      BeamAngle: 0.1,
      FrameIncrementPointer: ['00181063', '00181065'],
      ICCProfile: 'AQID',
      RedPaletteColorLookupTableData: [1, 258],
      RequestAttributesSequence: [{ ScheduledProcedureStepID: 'A' }, { ScheduledProcedureStepID: 'B' }],
      ReferencedImageSequence: null,
      StudyComments: 'retired',
      '00090010': 'MAKER',
      '00091001': 'private',
      '00091002': 'AQI=',
    },
    instance: { DICOMVRs: { '00091001': 'LO' } },
  })
  const { _meta, ...dataset } = varied.dataset
  expect(plain(dataset)).toEqual(plain(await readByDcmjs(varied)))
  expect(_meta).toMatchObject({ TransferSyntaxUID: '1.2.840.10008.1.2.1', MediaStorageSOPInstanceUID: '1.2.3.4.5' })
})

test('the dcmjs data set has null for empty elements', () => {
  const empty = imageInstance([], {
    attributes: { PatientComments: null, Rows: null, ICCProfile: null, RequestAttributesSequence: null },
  })
  expect(empty.dataset).toMatchObject({
    PatientComments: null,
    Rows: null,
    ICCProfile: null,
    RequestAttributesSequence: [],
  })
})

async function readByDcmjs(subject: DicomInstance): Promise<unknown> {
  const { data }: { data: Dcmjs } = createRequire(import.meta.url)('dcmjs')
  const file = new Uint8Array(await bytesOf(subject.part10()))
  return data.DicomMetaDictionary.naturalizeDataset(data.DicomMessage.readFile(file.buffer).dict)
}

interface Dcmjs {
  readonly DicomMessage: { readFile(file: ArrayBuffer): { readonly dict: unknown } }
  readonly DicomMetaDictionary: { naturalizeDataset(dict: unknown): unknown }
}

/** Returns a value without the proxies that dcmjs puts around it. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, item: unknown) => {
      if (item instanceof ArrayBuffer) return Buffer.from(item).toString('hex')
      return typeof item === 'bigint' ? String(item) : item
    }),
  )
}

test('reading attributes that cannot be written fails with the identifiers of the instance', () => {
  const bad = imageInstance([], { attributes: { ContentSequence: nestedSequence(1100) } })
  expect(bad.sopInstanceUid).toBe('1.2.3.4.5')
  expect(() => bad.attributes).toThrow(MetadataError)
  expect(() => bad.attributes).toThrow(
    expect.objectContaining({
      sopInstanceUid: '1.2.3.4.5',
      imageSetId: 'fedcba9876543210fedcba9876543210',
      tag: '0040A730',
    }),
  )
})

function nestedSequence(depth: number): JsonValue {
  let value: JsonValue = null
  for (let level = 1; level < depth; level++) value = [{ ContentSequence: value }]
  return value
}
