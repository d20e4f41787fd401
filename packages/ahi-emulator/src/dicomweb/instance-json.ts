import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { dicomJson } from '@ahi-dicom/dicomizer'
import type { DicomJsonDataSet, DicomJsonOptions } from '@ahi-dicom/dicomizer'
import { storedTransferSyntax } from './find-instance.ts'
import type { FoundInstance } from './find-instance.ts'

/** An instance in the DICOM JSON Model; its transfer syntax is that of the stored frames, not the imported one. */
export function instanceJson(
  found: FoundInstance,
  { bulkDataUri }: Pick<DicomJsonOptions, 'bulkDataUri'> = {},
): DicomJsonDataSet {
  const { metadata, instance, sopInstanceUid } = found
  const identity = { datastoreId: metadata.DatastoreID, imageSetId: metadata.ImageSetID, sopInstanceUid }
  return dicomJson(instanceLevels(found), { vrs: instance.DICOMVRs, identity, bulkDataUri })
}

/** The attributes of an instance by level; of an attribute at several the first counts. */
export function instanceLevels(found: Omit<FoundInstance, 'sopInstanceUid'>): AttributeMap[] {
  const { metadata, instance, seriesInstanceUid } = found
  const { Patient, Study } = metadata
  const stored = storedTransferSyntax(found)
  const transferSyntax = stored === undefined ? {} : { TransferSyntaxUID: stored }
  return [
    Patient.DICOM,
    Study.DICOM,
    Study.Series[seriesInstanceUid]?.DICOM ?? {},
    { ...instance.DICOM, ...transferSyntax },
  ]
}
