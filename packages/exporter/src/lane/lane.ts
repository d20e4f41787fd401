import type { FrameReader, InstanceSource } from '@ahi-dicom/dicomizer'
import type { FileWriter, Format, SeriesFormat } from '@ahi-dicom/export-files'
import type { Limiter } from '@ahi-dicom/ahi-client/frames'
import type { Fetched, InstanceOptions } from './lane-item.ts'

/** What a lane works with: in a thread of its own, or in the main thread. */
export interface Lane {
  readonly options: InstanceOptions
  readonly formats: readonly Format[]
  readonly seriesFormats: readonly SeriesFormat[]
  readonly writer: FileWriter
  /** Makes the reader of the frames of an item. */
  readonly readerOf: (itemId: number) => FrameReader
  /** Gives whole instances; absent if they cannot be had. */
  readonly instanceSource: InstanceSource | undefined
  /** Bytes of frames that are fetched and decoded and not yet written. */
  readonly memory: Limiter
  /** Frames that one instance may have in flight. */
  readonly maxFrames: number
  readonly onFetched: (fetched: Fetched) => void
}
