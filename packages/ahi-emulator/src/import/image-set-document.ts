import type { ImageSetMetadata, InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import type { DocumentForm } from '../document/encode-data-set.ts'
import { inUidOrder } from '../document/instance-order.ts'
import type { StagedImageSet } from './staged-image-set.ts'

/** Options of {@link buildDocument}. */
export interface DocumentOptions {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly form: DocumentForm
  /** The document of the previous version, if the image set exists. */
  readonly previous?: ImageSetMetadata | undefined
}

/**
 * Builds the metadata document of an image set. Imported instances replace the instances of the previous version with
 * the same UIDs. At the Patient, Study and Series levels, single attributes are replaced.
 */
export function buildDocument(staged: StagedImageSet, options: DocumentOptions): ImageSetMetadata {
  const { datastoreId, imageSetId, previous } = options
  const { shared, seriesInstanceUid } = staged
  const previousSeries = previous?.Study.Series[seriesInstanceUid]
  return {
    SchemaVersion: '1.1',
    DatastoreID: datastoreId,
    ImageSetID: imageSetId,
    Patient: { DICOM: { ...previous?.Patient.DICOM, ...shared.Patient } },
    Study: {
      DICOM: { ...previous?.Study.DICOM, ...shared.Study },
      Series: {
        [seriesInstanceUid]: {
          DICOM: { ...previousSeries?.DICOM, ...shared.Series },
          Instances: inUidOrder({ ...previousSeries?.Instances, ...newInstances(staged) }),
        },
      },
    },
  }
}

function newInstances({ instances }: StagedImageSet): Record<string, InstanceMetadata> {
  return Object.fromEntries(
    [...instances].map(([uid, { metadata, levels }]) => [uid, { ...metadata, DICOM: levels.Instance }]),
  )
}
