import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { encodePart10 } from '@ahi-dicom/dicomizer'

/** Returns a small instance as a Part 10 file. The given attributes override its own. */
export function secondaryCapture(attributes: AttributeMap = {}, pixelData: Uint8Array = new Uint8Array(4)): Uint8Array {
  return encodePart10({ attributes: secondaryCaptureAttributes(attributes), pixelData })
}

/** Returns the attributes of a small instance of 2 x 2 pixels, without Pixel Data. */
export function secondaryCaptureAttributes(attributes: AttributeMap = {}): AttributeMap {
  return {
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
    SOPInstanceUID: '2.25.1',
    StudyDate: '20260102',
    StudyTime: '101112',
    AccessionNumber: 'A1',
    Modality: 'OT',
    PatientName: 'Test^Anna',
    PatientID: 'P1',
    StudyInstanceUID: '2.25.10',
    SeriesInstanceUID: '2.25.100',
    StudyID: 'S1',
    SeriesNumber: '1',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: 2,
    Columns: 2,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    ...attributes,
  }
}
