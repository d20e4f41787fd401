import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { encodePart10Envelope, type Part10Envelope } from '@ahi-dicom/dicomizer'
import type { FoundInstance } from './find-instance.ts'

/**
 * Encodes the file of an instance without its Pixel Data, from the attributes in the document. `replaced` overrides
 * some of them.
 */
export function instanceEnvelope(
  { metadata, seriesInstanceUid, instance }: FoundInstance,
  { transferSyntaxUid, replaced }: { readonly transferSyntaxUid: string; readonly replaced?: AttributeMap },
): Part10Envelope {
  const { Patient, Study } = metadata
  return encodePart10Envelope({
    attributes: {
      ...instance.DICOM,
      ...Study.Series[seriesInstanceUid]?.DICOM,
      ...Study.DICOM,
      ...Patient.DICOM,
      ...replaced,
    },
    vrs: instance.DICOMVRs,
    transferSyntaxUid,
  })
}
