import type { AhiClient } from '@ahi-dicom/ahi-client'
import type { ImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import type { DicomInstance } from '@ahi-dicom/dicomizer'
import type { Destination } from '@ahi-dicom/export-files'
import type { Exporter } from '@ahi-dicom/exporter'

/** Names that examples take as given. Documents explain these names in their text. */
declare global {
  /** A data store, and a study, a series, an image set and a frame in it. */
  const datastoreId: string
  const studyInstanceUid: string
  const seriesInstanceUid: string
  const imageSetId: string
  const imageFrameId: string
  /** Clients of that data store. */
  const client: AhiClient
  const exporter: Exporter
  /** Document, one instance with a frame, all instances of the series, and a frame as it is stored. */
  const metadata: ImageSetMetadata
  const instance: DicomInstance
  const instances: readonly DicomInstance[]
  const codeStream: Uint8Array<ArrayBuffer>
  /** An empty destination, and an exported folder of DICOM files and PNGs. */
  const destination: Destination
  const exported: Destination
  /** Stores bytes somewhere. */
  const store: (bytes: Uint8Array) => Promise<void>
}
