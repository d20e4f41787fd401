import { imageSetInstances, type ImageSetMetadata } from '@ahi-dicom/ahi-metadata'

import { createInstance, type DicomInstance, type DicomizeOptions } from './instance.ts'

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
    yield createInstance({ ...instance, datastoreId, imageSetId }, options)
  }
}
