import type { DicomAttributes } from '@ahi-dicom/dicom-standard'
import type { PictureSource } from '@ahi-dicom/renderer'

/** What has a Part 10 form. */
export interface Part10Source {
  /** Chunks may be held until the next megabyte is written: they are not to be reused by whoever makes them. */
  part10(options?: { readonly signal?: AbortSignal | undefined }): AsyncIterable<Uint8Array>
}

/** What a path is made of. */
export interface InstanceIdentity {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
  readonly attributes: DicomAttributes
}

/** One instance for {@link directorySink}: a DicomInstance of dicomizer by shape. */
export interface SinkInstance extends InstanceIdentity, PictureSource, Part10Source {}
