import type { FrameReader, InstanceSource } from '@ahi-dicom/dicomizer'
import type { FileWriter, Format, SeriesFormat } from '@ahi-dicom/export-files'
import type { Limiter } from '@ahi-dicom/ahi-client/frames'
import type { Fetched, InstanceOptions } from './lane-item.ts'

/** The parts of a lane, in another thread or in the main thread. */
export interface Lane {
  readonly options: InstanceOptions
  readonly formats: readonly Format[]
  readonly seriesFormats: readonly SeriesFormat[]
  readonly writer: FileWriter
  /** Creates a frame reader for an item. */
  readonly readerOf: (itemId: number) => FrameReader
  /** Provides whole instances. Undefined if the client cannot get them. */
  readonly instanceSource: InstanceSource | undefined
  /** Limits the bytes of frames that are fetched or decoded, and not written yet. */
  readonly memory: Limiter
  /** The most frames of one instance in flight. */
  readonly maxFrames: number
  readonly onFetched: (fetched: Fetched) => void
}
