import type { AttributeMap, ImageSetMetadata, InstanceMetadata } from './image-set-metadata.ts'

/** One instance of an image set with the attributes of the levels above it. */
export interface ImageSetInstance {
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
  readonly patient: AttributeMap
  readonly study: AttributeMap
  readonly series: AttributeMap
  readonly instance: InstanceMetadata
}

/**
 * Yields the instances of an image set, series by series, in the order of the document.
 *
 * @example
 * import { imageSetInstances } from '@ahi-dicom/ahi-metadata'
 *
 * for (const { sopInstanceUid, series, instance } of imageSetInstances(metadata)) {
 *   console.log(sopInstanceUid, series['Modality'], instance.ImageFrames.length)
 * }
 */
export function* imageSetInstances(metadata: ImageSetMetadata): Generator<ImageSetInstance, void, undefined> {
  const levels = { patient: metadata.Patient.DICOM, study: metadata.Study.DICOM }
  for (const [seriesInstanceUid, series] of Object.entries(metadata.Study.Series)) {
    for (const [sopInstanceUid, instance] of Object.entries(series.Instances)) {
      yield { seriesInstanceUid, sopInstanceUid, ...levels, series: series.DICOM, instance }
    }
  }
}
