import type { DicomInstance, InstanceNotice, ReadingOptions } from '@ahi-dicom/dicomizer'
import type { FileContent } from '../destination/file-content.ts'
import type { LaneModule } from '../destination/destination.ts'
import type { FormatSettings } from '../destination/file-writer.ts'
import type { FrameSelection } from './frame-selection.ts'

/**
 * Makes the files of an instance: one file, `STEM.NAME`, or one file for each frame, `STEM-0001.NAME`. `STEM` is the
 * path from the layout, and `NAME` the name of the format.
 */
export interface Format {
  /** `instance` if absent. Formats for files of series are a `SeriesFormat`. */
  readonly scope?: 'instance' | undefined
  /** Name of the format in options and in the manifest, and extension of its files. */
  readonly name: string
  readonly mediaType: string
  /** True if the format reads frames with `frame()`. An export without pixels cannot use it. */
  readonly readsPixels: boolean
  /** Frames that the format makes a file of. Absent if it makes one file of the instance. */
  readonly frames?: FrameSelection | undefined
  /** Smallest number of frames of an instance for a format that makes one file of it. Default 0. */
  readonly leastFrames?: number | undefined
  /**
   * Options of the format that change the bytes of its files. The manifest records them. A resumed export with other
   * settings writes the files again. Absent if no option changes the files.
   */
  readonly settings?: FormatSettings | undefined
  /** Yields the files of an instance in order, or none if the format does not apply to the instance. */
  files(item: FormatItem): Iterable<FormatFile>
  /**
   * Returns number and size of the files of an instance without reading pixels, for plans. Absent if it is not known.
   *
   * @throws the errors of {@link files} that can be found without reading pixels
   */
  foresee?(instance: DicomInstance): ForeseenFiles
  /** Module that creates the format in another thread. If absent, only the main thread can use the format. */
  readonly lane?: LaneModule | undefined
}

/** Expected number and size of the files of an instance, see {@link Format.foresee}. */
export interface ForeseenFiles {
  readonly files: number
  /** Total size of the files in bytes. */
  readonly byteLength: number
  /** Accuracy of the size. */
  readonly accuracy: Accuracy
  /** Zero-based frames of AHI that the files are made from. */
  readonly frames: Iterable<number>
}

/** Accuracy of an expected size: `exact`, `at-most` (an upper limit), or `estimated` (may be more or less). */
export type Accuracy = 'exact' | 'at-most' | 'estimated'

/** Argument of {@link Format.files}. */
export interface FormatItem {
  readonly instance: DicomInstance
  /** Options to pass to `part10()` and `frame()` of the instance. */
  readonly reading: ReadingOptions
  /** Is called for notices about the files, in addition to the notices of the instance. */
  readonly onNotice: (notice: InstanceNotice) => void
}

/** A file that {@link Format.files} yields. */
export interface FormatFile {
  /** Zero-based frame number, in a format that makes a file of each frame. */
  readonly frame?: number | undefined
  /** Content in order. A chunk is valid until the next one is requested. */
  readonly chunks: FileContent
}
