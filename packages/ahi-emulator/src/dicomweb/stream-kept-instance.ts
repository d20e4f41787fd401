import { encodePart10Envelope } from '@ahi-dicom/dicomizer'
import type { StoredPixelData } from '../store/kept-pixel-data.ts'
import type { Store } from '../store/store.ts'
import type { FoundInstance } from './find-instance.ts'

const UNDEFINED_LENGTH = 0xffff_ffff

/** Streams an instance whose pixel data was kept as one piece, with it as it was imported. */
export async function* streamKeptInstance(
  { metadata, seriesInstanceUid, instance }: FoundInstance,
  pixelData: StoredPixelData,
  store: Store,
): AsyncGenerator<Uint8Array> {
  const { Patient, Study } = metadata
  const { head, tail } = encodePart10Envelope({
    attributes: {
      ...instance.DICOM,
      ...Study.Series[seriesInstanceUid]?.DICOM,
      ...Study.DICOM,
      ...Patient.DICOM,
    },
    vrs: instance.DICOMVRs,
    transferSyntaxUid: pixelData.transferSyntaxUid,
  })
  const { byteLength, isEncapsulated } = pixelData
  yield head
  yield pixelDataHeader(pixelData)
  yield* store.streamPack(pixelData)
  if (!isEncapsulated && byteLength % 2 === 1) yield new Uint8Array(1)
  if (tail.byteLength > 0) yield tail
}

/** Of Explicit VR Little Endian (PS3.5 7.1.2 and A.4). */
function pixelDataHeader({ vr, isEncapsulated, byteLength }: StoredPixelData): Uint8Array {
  const header = new Uint8Array(12)
  header.set([0xe0, 0x7f, 0x10, 0x00, ...Buffer.from(vr, 'latin1')])
  const length = isEncapsulated ? UNDEFINED_LENGTH : byteLength + (byteLength % 2)
  new DataView(header.buffer).setUint32(8, length, true)
  return header
}
