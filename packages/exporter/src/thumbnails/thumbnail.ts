import type { ErrorEntry, InstanceKey } from '@ahi-dicom/export-files'
import type { SelectionOptions } from '../selection/selection-options.ts'

/** Selection and size of thumbnails. */
export interface ThumbnailOptions extends SelectionOptions {
  /** Most pixels of the longer side. Smaller frames are not enlarged. Default 256. */
  readonly size?: number | undefined
  /**
   * `instance`: the first frame of each instance. `series`: the middle frame of each series of an image set, by
   * InstanceNumber. Instances without frames have no thumbnail. Default `instance`.
   */
  readonly each?: 'instance' | 'series' | undefined
  /** Thumbnails that are made at a time. Default 32. */
  readonly concurrency?: number | undefined
  /**
   * Called for image sets and instances that make no thumbnail; the others go on. Default: the first one ends the reading with
   * its error.
   */
  readonly onFailure?: ((failure: ErrorEntry) => void) | undefined
}

/** A small picture of a frame, as a viewer without settings shows it. */
export interface Thumbnail extends InstanceKey {
  /** Counted from 0. */
  readonly frame: number
  readonly frameCount: number
  readonly width: number
  readonly height: number
  /** A PNG: grey or RGB, 8 bits a sample. */
  readonly png: Uint8Array<ArrayBuffer>
  /** Bytes of the frame that were fetched. */
  readonly bytesFetched: number
  /** Bytes of the whole frame as AHI stores it; undefined if AHI does not tell. */
  readonly byteLength: number | undefined
  /** Resolutions that were left out: each halves the sides. 0 where the whole frame was decoded. */
  readonly discardLevels: number
  /** Whether a checksum of the document was compared. Most documents list none of lower resolutions. */
  readonly isVerified: boolean
}
