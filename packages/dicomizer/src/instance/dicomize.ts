import { imageSetInstances, type ImageSetMetadata } from '@ahi-dicom/ahi-metadata'

import type { DicomInstance, DicomizeOptions } from './dicom-instance.ts'
import { dicomizeInstance } from './dicomize-instance.ts'

/**
 * Gives the DICOM instances of an image set, series by series, in the order of its metadata document.
 *
 * @example
 * import { writeFile } from 'node:fs/promises'
 * import { createFrameReader, dicomize } from '@ahi-dicom/dicomizer'
 * import { createDecoderPool } from '@ahi-dicom/htj2k-decoder'
 *
 * await using decoder = createDecoderPool()
 * const frameReader = createFrameReader({ source: client, decoder })
 * for (const instance of dicomize(metadata, { frameReader })) {
 *   await writeFile(`${instance.sopInstanceUid}.dcm`, instance.part10())
 * }
 */
export function* dicomize(metadata: ImageSetMetadata, options: DicomizeOptions = {}): Iterable<DicomInstance> {
  const { DatastoreID: datastoreId, ImageSetID: imageSetId } = metadata
  for (const entry of imageSetInstances(metadata)) {
    yield dicomizeInstance({ ...entry, datastoreId, imageSetId }, options)
  }
}
