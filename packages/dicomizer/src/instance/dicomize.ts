import { imageSetInstances, type ImageSetMetadata } from '@ahi-dicom/ahi-metadata'

import type { DicomInstance, DicomizeOptions } from './dicom-instance.ts'
import { dicomizeInstance } from './dicomize-instance.ts'

/**
 * Gives the DICOM instances of an image set, series by series, in the order of its metadata document.
 *
 * @example
 * for (const instance of dicomize(metadata, { frameReader: createFrameReader({ source, decoder }) })) {
 *   await pipeline(instance.part10(), createWriteStream(`${instance.sopInstanceUid}.dcm`))
 * }
 */
export function* dicomize(metadata: ImageSetMetadata, options: DicomizeOptions = {}): Iterable<DicomInstance> {
  const { DatastoreID: datastoreId, ImageSetID: imageSetId } = metadata
  for (const entry of imageSetInstances(metadata)) {
    yield dicomizeInstance({ ...entry, datastoreId, imageSetId }, options)
  }
}
