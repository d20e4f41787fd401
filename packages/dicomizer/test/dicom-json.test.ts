import { dicomJson } from '@ahi-dicom/dicomizer'
import type { DicomJsonDataSet } from '@ahi-dicom/dicomizer'
import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { describe, expect, test } from 'vitest'

const identity = { datastoreId: 'd', imageSetId: 'i', sopInstanceUid: '1.2' }

function json(attributes: AttributeMap, vrs: Record<string, string> = {}): DicomJsonDataSet {
  return dicomJson([attributes], { vrs, identity })
}

describe('dicomJson', () => {
  // PS3.18 table F.2.3-1, and F.2.5 for empty values.
  test.each<[AttributeMap, DicomJsonDataSet]>([
    [{ PatientID: null }, { '00100020': { vr: 'LO' } }],
    [{ PatientID: 'P1  ' }, { '00100020': { vr: 'LO', Value: ['P1'] } }],
    [{ ImageType: ['ORIGINAL', '', 'AXIAL'] }, { '00080008': { vr: 'CS', Value: ['ORIGINAL', null, 'AXIAL'] } }],
    [{ SpecificCharacterSet: ['', 'ISO 2022 IR 87'] }, { '00080005': { vr: 'CS', Value: ['ISO_IR 192'] } }],
    [{ PatientName: '=山田^花子=' }, { '00100010': { vr: 'PN', Value: [{ Ideographic: '山田^花子' }] } }],
    [
      { PatientName: 'A^B=C=D ' },
      { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'A^B', Ideographic: 'C', Phonetic: 'D' }] } },
    ],
    [{ PixelSpacing: ['0.5 ', '+1e-2'] }, { '00280030': { vr: 'DS', Value: [0.5, 0.01] } }],
    [{ PixelSpacing: ['1,5', ''] }, { '00280030': { vr: 'DS', Value: ['1,5', null] } }],
    [{ SeriesNumber: ' 007' }, { '00200011': { vr: 'IS', Value: [7] } }],
    [{ SeriesNumber: '12345678901234567' }, { '00200011': { vr: 'IS', Value: ['12345678901234567'] } }],
    [{ FrameIncrementPointer: ['00181065'] }, { '00280009': { vr: 'AT', Value: ['00181065'] } }],
    [{ ReferencedStudySequence: null }, { '00081110': { vr: 'SQ' } }],
    [
      { ReferencedStudySequence: [{}, { PatientID: 'x' }] },
      { '00081110': { vr: 'SQ', Value: [{}, { '00100020': { vr: 'LO', Value: ['x'] } }] } },
    ],
    [{ OverlayData: 'AAE=' }, { '60003000': { vr: 'OW', InlineBinary: 'AAE=' } }],
    [
      { PixelPaddingValue: -1, PixelRepresentation: 1 },
      { '00280103': { vr: 'US', Value: [1] }, '00280120': { vr: 'SS', Value: [-1] } },
    ],
  ])('writes %j', (attributes, expected) => {
    expect(json(attributes)).toEqual(expected)
  })

  test('writes integers beyond 53 bits and numbers that are not finite as text', () => {
    const attributes = { '00091001': [18446744073709551615n, 1], '00091002': ['NaN', '-Infinity', 0.25] }
    expect(json(attributes, { '00091001': 'UV', '00091002': 'FD' })).toEqual({
      '00091001': { vr: 'UV', Value: ['18446744073709551615', 1] },
      '00091002': { vr: 'FD', Value: ['NaN', '-Infinity', 0.25] },
    })
  })

  test('uses the first level that has an attribute, and sorts by tag', () => {
    const levels = [{ PatientID: 'first' }, { PatientID: 'second', StudyID: 's' }, { TransferSyntaxUID: '1.2' }]
    const data = dicomJson(levels, { vrs: {}, identity })
    expect(Object.entries(data).map(([tag, { Value }]) => [tag, Value])).toEqual([
      ['00020010', ['1.2']],
      ['00100020', ['first']],
      ['00200010', ['s']],
    ])
  })

  test('calls bulkDataUri for binary values, also in items', () => {
    const seen: number[] = []
    const attributes = { OverlayData: 'AAE=', IconImageSequence: [{ RedPaletteColorLookupTableData: 'AAECAw==' }] }
    const data = dicomJson([attributes], {
      vrs: {},
      identity,
      bulkDataUri(bytes) {
        seen.push(bytes.byteLength)
        return bytes.byteLength > 2 ? 'somewhere' : undefined
      },
    })
    expect(seen.toSorted((a, b) => a - b)).toEqual([2, 4])
    expect(data).toEqual({
      '00880200': { vr: 'SQ', Value: [{ '00281201': { vr: 'OW', BulkDataURI: 'somewhere' } }] },
      '60003000': { vr: 'OW', InlineBinary: 'AAE=' },
    })
  })
})
