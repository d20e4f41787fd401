import type { ErrorEntry, InstanceKey } from '@ahi-dicom/export-files'
import type { SelectionOptions } from '../selection/selection-options.ts'

/** Selection and size of thumbnails. */
export interface ThumbnailOptions extends SelectionOptions {
  /** The most pixels of the longer side. Smaller frames are not enlarged. Default 256. */
  readonly size?: number | undefined
  /**
   * `instance`: the first frame of each instance. `series`: the middle frame of each series in an image set, ordered by
   * InstanceNumber. Instances without frames have no thumbnail. Default `instance`.
   */
  readonly each?: 'instance' | 'series' | undefined
  /** The number of thumbnails to make at a time. Default 32. */
  readonly concurrency?: number | undefined
  /** Called for image sets and instances that fail. The others continue. Default: the first failure is thrown. */
  readonly onFailure?: ((failure: ErrorEntry) => void) | undefined
}

/** A small picture of a frame, with the window and colours a viewer uses by default. */
export interface Thumbnail extends InstanceKey {
  /** The frame number, from 0. */
  readonly frame: number
  readonly frameCount: number
  readonly width: number
  readonly height: number
  /** A PNG: grey or RGB, 8 bits per sample. */
  readonly png: Uint8Array<ArrayBuffer>
  /** Bytes of the frame that were fetched. */
  readonly bytesFetched: number
  /** Bytes of the whole frame as AHI stores it. Undefined if AHI does not return it. */
  readonly byteLength: number | undefined
  /** The number of resolutions left out. Each halves the sides. 0 if the whole frame was decoded. */
  readonly discardLevels: number
  /** True if a checksum in the document was compared. Most documents list none for lower resolutions. */
  readonly isVerified: boolean
}
