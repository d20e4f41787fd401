import { tags } from '@ahi-dicom/dicom-standard'
import { evenLength, longElementHeader, undefinedLength } from '@ahi-dicom/dicom-standard/part10'
import { encodePart10Envelope } from '@ahi-dicom/dicomizer'
import type { StoredPixelData } from '../store/kept-pixel-data.ts'
import type { Store } from '../store/store.ts'
import type { FoundInstance } from './find-instance.ts'

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
  const { vr, byteLength, isEncapsulated } = pixelData
  yield head
  yield longElementHeader(tags.pixelData, vr, isEncapsulated ? undefinedLength : evenLength(byteLength))
  yield* store.streamPack(pixelData)
  if (!isEncapsulated && byteLength % 2 === 1) yield new Uint8Array(1)
  if (tail.byteLength > 0) yield tail
}
