import { encodePart10 } from '@ahi-dicom/dicomizer'
import { commonAttributes, studyUid, type GeneratedStudy } from './study.ts'
import { ultrasoundGrid, ultrasoundFrames } from './ultrasound-frames.ts'

const ultrasoundMultiFrameImageStorage = '1.2.840.10008.5.1.4.1.1.3.1'
const frameTimeTag = '00181063'

/** Generates a colour cine loop as a Part 10 file. */
export function ultrasoundInstance(study: GeneratedStudy, frameCount: number): Uint8Array {
  const { seed } = study
  const { columns, rows } = ultrasoundGrid
  return encodePart10({
    attributes: {
      ...commonAttributes(study),
      ImageType: ['ORIGINAL', 'PRIMARY'],
      SOPClassUID: ultrasoundMultiFrameImageStorage,
      SOPInstanceUID: studyUid(seed, 'us 1'),
      SeriesDate: '20260102',
      SeriesTime: '100000',
      ContentDate: '20260102',
      ContentTime: '100012',
      Modality: 'US',
      SeriesDescription: 'Apical view, colour flow',
      BodyPartExamined: 'HEART',
      FrameTime: '40',
      SeriesInstanceUID: studyUid(seed, 'us'),
      SeriesNumber: '3',
      InstanceNumber: '1',
      PatientOrientation: null,
      SamplesPerPixel: 3,
      PhotometricInterpretation: 'RGB',
      PlanarConfiguration: 0,
      NumberOfFrames: String(frameCount),
      FrameIncrementPointer: [frameTimeTag],
      Rows: rows,
      Columns: columns,
      UltrasoundColorDataPresent: 1,
      BitsAllocated: 8,
      BitsStored: 8,
      HighBit: 7,
      PixelRepresentation: 0,
      LossyImageCompression: '00',
    },
    pixelData: ultrasoundFrames(seed, frameCount),
  })
}
