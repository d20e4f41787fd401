import { attributeLevel, parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { describe, expect, test } from 'vitest'
import { readShared, withoutShared } from './shared-files.ts'

const CT_588 = 'ahi/image-set-metadata-ct-588.json'

/** Tags of the attributes in the real document. Source: the dictionary of pydicom 3.0 (PS3.6). */
const TAGS: { readonly [keyword: string]: string } = {
  AccessionNumber: '00080050',
  AcquisitionDate: '00080022',
  AcquisitionDateTime: '0008002A',
  AcquisitionTime: '00080032',
  BitsAllocated: '00280100',
  BitsStored: '00280101',
  Columns: '00280011',
  ContentDate: '00080023',
  ContentTime: '00080033',
  FileMetaInformationVersion: '00020001',
  FrameOfReferenceUID: '00200052',
  HighBit: '00280102',
  ImageOrientationPatient: '00200037',
  ImagePositionPatient: '00200032',
  ImageType: '00080008',
  ImplementationClassUID: '00020012',
  ImplementationVersionName: '00020013',
  InstanceNumber: '00200013',
  Manufacturer: '00080070',
  ManufacturerModelName: '00081090',
  MediaStorageSOPClassUID: '00020002',
  MediaStorageSOPInstanceUID: '00020003',
  Modality: '00080060',
  PatientBirthDate: '00100030',
  PatientBirthTime: '00100032',
  PatientComments: '00104000',
  PatientID: '00100020',
  PatientName: '00100010',
  PatientPosition: '00185100',
  PatientSex: '00100040',
  PhotometricInterpretation: '00280004',
  PixelData: '7FE00010',
  PixelRepresentation: '00280103',
  PixelSpacing: '00280030',
  PositionReferenceIndicator: '00201040',
  ReferringPhysicianName: '00080090',
  RescaleIntercept: '00281052',
  RescaleSlope: '00281053',
  RescaleType: '00281054',
  Rows: '00280010',
  SOPClassUID: '00080016',
  SOPInstanceUID: '00080018',
  SamplesPerPixel: '00280002',
  SeriesDate: '00080021',
  SeriesDescription: '0008103E',
  SeriesInstanceUID: '0020000E',
  SeriesNumber: '00200011',
  SeriesTime: '00080031',
  SliceThickness: '00180050',
  StudyComments: '00324000',
  StudyDate: '00080020',
  StudyDescription: '00081030',
  StudyID: '00200010',
  StudyInstanceUID: '0020000D',
  StudyTime: '00080030',
  TransferSyntaxUID: '00020010',
  WindowCenter: '00281050',
  WindowWidth: '00281051',
}

describe.skipIf(withoutShared(CT_588))('the real document of 588 instances', () => {
  test('has each attribute at the level that attributeLevel returns', () => {
    const { Patient, Study } = parseImageSetMetadata(readShared(CT_588))
    const series = Object.values(Study.Series)
    const keywords = {
      Patient: Object.keys(Patient.DICOM),
      Study: Object.keys(Study.DICOM),
      Series: series.flatMap(({ DICOM }) => Object.keys(DICOM)),
      Instance: series.flatMap(({ Instances }) => Object.values(Instances).flatMap(({ DICOM }) => Object.keys(DICOM))),
    }
    for (const [level, names] of Object.entries(keywords)) {
      for (const keyword of new Set(names))
        expect([keyword, attributeLevel(TAGS[keyword] ?? '')]).toEqual([keyword, level])
    }
  })
})

// Levels by the lists of the developer guide. A patient's weight and size belong to the study.
test.each([
  ['00081120', 'Patient'],
  ['00120082', 'Patient'],
  ['00102299', 'Patient'],
  ['00101030', 'Study'],
  ['0008009c', 'Study'],
  ['00380500', 'Study'],
  ['0020000E', 'Series'],
  ['0018100b', 'Series'],
  ['300a0700', 'Series'],
  ['00180050', 'Instance'],
  ['7FDF0010', 'Instance'],
  ['00020010', 'Instance'],
])('%s is at the level %s', (tag, level) => {
  expect(attributeLevel(tag)).toBe(level)
})
