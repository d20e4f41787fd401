import type { DicomInstance, InstanceNotice, ReadingOptions } from '@ahi-dicom/dicomizer'
import type { FileContent } from '../destination/file-content.ts'
import type { LaneModule } from '../destination/destination.ts'
import type { FormatSettings } from '../destination/file-writer.ts'
import type { FrameSelection } from './frame-selection.ts'

/**
 * Which files an instance makes, and of what content. A format makes one file of an instance, `STEM.NAME`, or one of each
 * frame, `STEM-0001.NAME`, where `STEM` is the path that the layout gives.
 */
export interface Format {
  /** Absent: `instance`. Formats of series are a `SeriesFormat`. */
  readonly scope?: 'instance' | undefined
  /** Its name in options and in the manifest, and the extension of its files. */
  readonly name: string
  readonly mediaType: string
  /** Whether it reads frames by `frame()`. An export without pixels cannot have such a format. */
  readonly readsPixels: boolean
  /** Frames that it makes a file of each. Absent if it makes one file of the instance. */
  readonly frames?: FrameSelection | undefined
  /** Frames that an instance has at least if it makes one file of it. An instance with fewer makes none. Default 0. */
  readonly leastFrames?: number | undefined
  /**
   * What it was made with, as far as it shapes the bytes of files. The manifest keeps it, and a resumed export writes
   * files again that were made with something else. Absent: its files never change.
   */
  readonly settings?: FormatSettings | undefined
  /** Yields the files of an instance in order; none if the instance has nothing to show in this format. */
  files(item: FormatItem): Iterable<FormatFile>
  /**
   * Returns what the files of an instance will take, without reading pixels. Absent: plans do not know it.
   *
   * @throws what {@link files} throws, as far as that shows before pixels are read
   */
  foresee?(instance: DicomInstance): ForeseenFiles
  /** How to make the format in another thread. Absent: lanes of other threads cannot have it. */
  readonly lane?: LaneModule | undefined
}

/** What the files of an instance will take, see {@link Format.foresee}. */
export interface ForeseenFiles {
  readonly files: number
  /** Bytes of all of them. */
  readonly byteLength: number
  /** `exact`; `at-most`: not more than that; `estimated`: more or less. */
  readonly accuracy: Accuracy
  /** Zero-based frames of AHI that they are made from. */
  readonly frames: Iterable<number>
}

/** How well a number is known before. */
export type Accuracy = 'exact' | 'at-most' | 'estimated'

/** An instance for {@link Format.files}. */
export interface FormatItem {
  readonly instance: DicomInstance
  /** To be passed to `part10()` and `frame()` of the instance. */
  readonly reading: ReadingOptions
  /** Takes what a reader of the files should know and the notices of the instance do not say. */
  readonly onNotice: (notice: InstanceNotice) => void
}

/** A file of {@link Format.files}. */
export interface FormatFile {
  /** Zero-based frame that the file shows, in a format that makes a file of each. */
  readonly frame?: number | undefined
  /** Content in order. It may reuse the memory of a chunk once the next one is asked for. */
  readonly chunks: FileContent
}
