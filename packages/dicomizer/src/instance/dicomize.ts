import { imageSetInstances, type ImageSetMetadata } from '@ahi-dicom/ahi-metadata'

import { createInstanceOfSource } from './choose-source.ts'
import type { DicomInstance, DicomizeOptions } from './instance.ts'

/**
 * Gives the DICOM instances of an image set, series by series, in the order of its metadata document. Attributes of the
 * Patient, Study and Series levels are merged into each instance.
 *
 * @example
 * for (const instance of dicomize(metadata, { frameSource, frameDecoder })) {
 *   await pipeline(instance.part10(), createWriteStream(`${instance.sopInstanceUid}.dcm`))
 * }
 */
export function* dicomize(metadata: ImageSetMetadata, options: DicomizeOptions = {}): Iterable<DicomInstance> {
  const { DatastoreID: datastoreId, ImageSetID: imageSetId } = metadata
  for (const instance of imageSetInstances(metadata)) {
    yield createInstanceOfSource({ ...instance, datastoreId, imageSetId }, options)
  }
}
