import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { dicomJson, type DicomJsonDataSet } from '@ahi-dicom/dicomizer'
import { placeholderLength, createPlaceholder, withoutReferences } from './bulk-data.ts'
import { storedTransferSyntax, type FoundInstance } from './find-instance.ts'

/**
 * Returns an instance in the DICOM JSON Model. Its TransferSyntaxUID belongs to the stored frames, not to the imported
 * file. `uriOf` returns the URI of a value stored outside the document.
 */
export function instanceJson(
  found: FoundInstance,
  { uriOf }: { readonly uriOf: (bulkDataName: string) => string },
): DicomJsonDataSet {
  const { metadata, instance, sopInstanceUid } = found
  const identity = { datastoreId: metadata.DatastoreID, imageSetId: metadata.ImageSetID, sopInstanceUid }
  const names = new Map<string, string>()
  const levels = instanceLevels(found).map((level) =>
    withoutReferences(level, (name) => {
      const placeholder = createPlaceholder().toString('base64')
      names.set(placeholder, name)
      return placeholder
    }),
  )
  return dicomJson(levels, {
    vrs: instance.DICOMVRs,
    identity,
    bulkDataUri(bytes) {
      if (bytes.byteLength !== placeholderLength) return undefined
      const name = names.get(Buffer.from(bytes).toString('base64'))
      return name === undefined ? undefined : uriOf(name)
    },
  })
}

/** Returns the attributes of an instance by level. If an attribute is at several levels, the first one counts. */
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
