import { encodePart10 } from '@ahi-dicom/dicomizer'
import type { OutputFile } from '@ahi-dicom/export-files'
import { explicitVrLittleEndian } from '@ahi-dicom/dicom-standard/transfer-syntaxes'

/** CT Image Storage. */
export const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2'

/** The contents of a file. */
interface DicomFile {
  readonly sopInstanceUid?: string
  readonly sopClassUid?: string
  readonly transferSyntaxUid?: string
  readonly pixelData?: Uint8Array | readonly Uint8Array[]
}

/** Returns the bytes of a Part 10 file. */
export function dicomFile({
  sopInstanceUid = '1.2.3',
  sopClassUid = ctImageStorage,
  transferSyntaxUid = explicitVrLittleEndian,
  pixelData = new Uint8Array(1000).fill(7),
}: DicomFile = {}): Uint8Array {
  const attributes = {
    SOPClassUID: sopClassUid,
    SOPInstanceUID: sopInstanceUid,
    PatientName: 'Somebody^Else',
    BitsAllocated: 8,
  }
  return encodePart10({ attributes, transferSyntaxUid, pixelData })
}

/** Returns a file for a destination, in chunks of one size. All chunks share one memory. */
export function outputFile(bytes: Uint8Array, { path = 'a/b.dcm', chunkLength = 100 } = {}): OutputFile {
  return { path, format: 'dcm', mediaType: 'application/dicom', chunks: reusingChunks(bytes, chunkLength) }
}

async function* reusingChunks(bytes: Uint8Array, chunkLength: number): AsyncGenerator<Uint8Array> {
  const memory = new Uint8Array(chunkLength)
  for (let offset = 0; offset < bytes.byteLength; offset += chunkLength) {
    const part = bytes.subarray(offset, offset + chunkLength)
    memory.fill(0xee)
    memory.set(part)
    yield memory.subarray(0, part.byteLength)
  }
}

/** Returns the data set of a Part 10 file, without group 2. */
export function dataSetOf(file: Uint8Array): Buffer {
  const groupLength = new DataView(file.buffer, file.byteOffset).getUint32(140, true)
  return Buffer.from(file.subarray(144 + groupLength))
}
