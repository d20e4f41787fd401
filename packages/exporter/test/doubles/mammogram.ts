import { encodePart10 } from '@ahi-dicom/dicomizer'

export const mammogramSize = { columns: 4000, rows: 5000 } as const

/** Returns a 12-bit mammogram: smooth tissue in front of air, with noise where the detector received few quanta. */
export function mammogram(): Uint8Array {
  const { columns, rows } = mammogramSize
  const pixels = new Uint16Array(columns * rows)
  let state = 1
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      const depth = 1 - (x / 3200) ** 2 - ((y - 2500) / 2400) ** 2
      const tissue = depth > 0 ? 900 + 1400 * Math.sqrt(depth) + 120 * Math.sin(x / 37) * Math.cos(y / 51) : 40
      pixels[y * columns + x] = tissue + (state >>> 27)
    }
  }
  const attributes = {
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.1.2',
    SOPInstanceUID: '2.25.4001',
    StudyDate: '20260102',
    StudyTime: '101112',
    AccessionNumber: 'A1',
    Modality: 'MG',
    PatientName: 'Test^Anna',
    PatientID: 'P1',
    StudyInstanceUID: '2.25.40',
    SeriesInstanceUID: '2.25.400',
    StudyID: 'S1',
    SeriesNumber: '1',
    InstanceNumber: '1',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: rows,
    Columns: columns,
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
    WindowCenter: ['1200'],
    WindowWidth: ['2400'],
  }
  return encodePart10({ attributes, pixelData: new Uint8Array(pixels.buffer) })
}
