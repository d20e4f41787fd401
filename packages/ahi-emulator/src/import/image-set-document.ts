import type { ImageSetMetadata, InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import type { DocumentForm } from '../document/encode-data-set.ts'
import { inUidOrder } from '../document/instance-order.ts'
import type { StagedImageSet } from './staged-image-set.ts'

/** Which image set a document is of, and what it adds to. */
export interface DocumentOptions {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly form: DocumentForm
  /** The document of the version before, of an image set that gets instances added or replaced. */
  readonly previous?: ImageSetMetadata | undefined
}

/**
 * Builds the metadata document of an image set. What an import brings replaces what the version before had: whole
 * instances, and single attributes of the Patient, Study and Series levels.
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
