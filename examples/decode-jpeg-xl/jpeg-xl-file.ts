import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import createCodec from '@cornerstonejs/codec-libjxl/encodewasmjs'

const width = 256
const height = 256

/** Makes a DICOM file with a ramp of 65,536 grey levels in JPEG XL, for a local AHI. */
export async function makeJpegXlFile(): Promise<Uint8Array> {
  return encodePart10({
    attributes: {
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.7', // Secondary Capture
      SOPInstanceUID: '2.25.1001',
      StudyInstanceUID: '2.25.1002',
      SeriesInstanceUID: '2.25.1003',
      Modality: 'OT',
      PatientName: 'Ramp^Grey',
      PatientID: 'RAMP',
      SamplesPerPixel: 1,
      PhotometricInterpretation: 'MONOCHROME2',
      Rows: height,
      Columns: width,
      BitsAllocated: 16,
      BitsStored: 16,
      HighBit: 15,
      PixelRepresentation: 0,
    },
    transferSyntaxUid: '1.2.840.10008.1.2.4.112',
    pixelData: [await encodeRamp()],
  })
}

async function encodeRamp(): Promise<Uint8Array> {
  const wasmUrl = import.meta.resolve('@cornerstonejs/codec-libjxl/encodewasm')
  const codec = await createCodec({ wasmBinary: await readFile(fileURLToPath(wasmUrl)) })
  const encoder = new codec.JpegXLEncoder()
  const samples = Uint16Array.from({ length: width * height }, (_, index) => index)
  const frame = { width, height, bitsPerSample: 16, componentCount: 1, isSigned: false }
  encoder.getDecodedBuffer(frame).set(new Uint8Array(samples.buffer))
  encoder.setLossless(true)
  encoder.encode()
  const codeStream = new Uint8Array(encoder.getEncodedBuffer())
  encoder.delete()
  return codeStream
}
