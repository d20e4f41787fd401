import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { dicomJson, type DicomJsonDataSet } from '@ahi-dicom/dicomizer'
import { placeholderLength, createPlaceholder, withoutReferences } from './bulk-data.ts'
import { storedTransferSyntax, type FoundInstance } from './find-instance.ts'

/**
 * An instance in the DICOM JSON Model; its transfer syntax is that of the stored frames, not the imported one. What the
 * document has elsewhere is where `uriOf` says.
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
