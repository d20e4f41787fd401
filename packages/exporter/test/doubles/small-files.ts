import { encodePart10, type EncodePart10Options } from '@ahi-dicom/dicomizer'

const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7'
const segmentation = '1.2.840.10008.5.1.4.1.1.66.4'
const basicTextReport = '1.2.840.10008.5.1.4.1.1.88.11'
const vrs = { '00090010': 'LO', '00091001': 'LO' }

/** Returns small files with all kinds of pixels: grey and signed multi-frame, colour, one bit, none. */
export function smallFiles(): Uint8Array[] {
  const items = [{ ReferencedSOPClassUID: secondaryCapture, ReferencedSOPInstanceUID: '1.2.3.1.1' }]
  const colour = { ...image(8), SamplesPerPixel: 3, PhotometricInterpretation: 'RGB', PlanarConfiguration: 0 }
  return [
    file(1, secondaryCapture, { ...image(16), PixelRepresentation: 1, NumberOfFrames: '3' }, noise(3 * 20 * 30 * 2)),
    file(2, secondaryCapture, colour, noise(20 * 30 * 3)),
    file(3, segmentation, { ...image(1), Columns: 33, NumberOfFrames: '2', SegmentationType: 'BINARY' }, noise(165)),
    file(4, basicTextReport, { ReferencedSOPSequence: items, RescaleSlope: null }, undefined),
  ]
}

function file(
  number: number,
  sopClassUid: string,
  attributes: EncodePart10Options['attributes'],
  pixelData: Uint8Array | undefined,
): Uint8Array {
  const common = {
    SOPClassUID: sopClassUid,
    StudyInstanceUID: '1.2.3',
    SeriesInstanceUID: `1.2.3.${number}`,
    SOPInstanceUID: `1.2.3.${number}.1`,
    SpecificCharacterSet: ['ISO_IR 192'],
    PatientID: 'P',
    PatientName: 'Yamada^Tarou',
    StudyDate: '20240102',
    Modality: 'OT',
    SeriesNumber: String(number),
    InstanceNumber: '1',
    '00090010': 'OURS',
    '00091001': 'x',
  }
  return encodePart10({ attributes: { ...common, ...attributes }, vrs, ...(pixelData !== undefined && { pixelData }) })
}

function image(bits: number): Record<string, string | number> {
  return {
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: 20,
    Columns: 30,
    BitsAllocated: bits,
    BitsStored: bits,
    HighBit: bits - 1,
    PixelRepresentation: 0,
  }
}

function noise(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * at) >> (at % 7))
}
