import type { InstanceEntry, InstanceNotice, LosslessStorageFormat } from '@ahi-dicom/dicomizer'
import type { InstanceKey, ManifestEntry, SeriesKey } from '@ahi-dicom/export-files'
import type { Failure } from '../failure/failure.ts'

/** Options for writing instances. */
export interface InstanceOptions {
  /**
   * `explicit`: decode frames and write them as Explicit VR Little Endian, which every DICOM program reads. `stored`:
   * encapsulate frames as AHI stores them. Default `explicit`.
   */
  readonly transferSyntax?: 'explicit' | 'stored' | undefined
  /** Write only the attributes, and fetch no frames. Default false. */
  readonly headerOnly?: boolean | undefined
  /**
   * Decode `stored` frames to compare their checksums. Frames that are decoded anyway are always compared. Default
   * true.
   */
  readonly verifyFrames?: boolean | undefined
  /**
   * Where pixels come from. `frames`: build the file from metadata and frames, and fall back to the whole instance if
   * that fails. `instance`: use the file that AHI makes (GetDICOMInstance), at a twentieth of the rate. Default
   * `frames`.
   */
  readonly source?: 'frames' | 'instance' | undefined
  /**
   * List the instances in a DICOMDIR (PS3.10 8.6). Requires the layout `media`, which is then the default. Default
   * false.
   */
  readonly dicomdir?: boolean | undefined
}

/** Members of instance and series items. */
interface LaneItemBase {
  /** Identifies the item within its job. */
  readonly id: number
  readonly losslessStorageFormat: LosslessStorageFormat
  /** True if the image set has no later version. AHI provides whole instances only of the latest version. */
  readonly isLatestVersion: boolean
  /** Path of its files without the extension. */
  readonly stem: string
}

/** An instance to export. Plain data, so that it can be cloned into the thread of a lane. */
export interface InstanceItem extends LaneItemBase {
  readonly key: InstanceKey
  readonly entry: InstanceEntry
  /** True if the file name ends with the extension of its format. */
  readonly hasExtension: boolean
}

/** A series to export. Plain data, like an instance. */
export interface SeriesItem extends LaneItemBase {
  readonly key: SeriesKey
  /** The instances in the order of the document. */
  readonly entries: readonly InstanceEntry[]
  /** True if its frames count as received. False if instance items read the same frames. */
  readonly countsFrames: boolean
}

/** An instance or a series to export. */
export type LaneItem = InstanceItem | SeriesItem

/** The result of an item. */
export interface ItemResult {
  readonly id: number
  /** Lines of the manifest for the written files. */
  readonly entries: readonly ManifestEntry[]
  readonly notices: readonly InstanceNotice[]
  /** Why files are missing. Empty if the item is complete. */
  readonly failures: readonly Failure[]
  /** Frames read for its files. */
  readonly frames: ReadFrames
  /** For a series, the frames of each instance in the order of the item. Absent if nothing was written. */
  readonly framesOfInstances?: readonly ReadFrames[] | undefined
}

/** Number of frames read for the files of an instance or a series. */
export interface ReadFrames {
  readonly written: number
  /** The frames in `written` that were not compared with a checksum. */
  readonly unverified: number
}

/** Data received from AHI and decoded since the last report. */
export interface Fetched {
  readonly byteLength: number
  /** Number of frames received for the first time. */
  readonly frames: number
  /** Number of decoded frames. `decodeMs` is the time they took. */
  readonly decodedFrames: number
  readonly decodeMs: number
}

/** A report of no data. */
export const nothingFetched: Fetched = { byteLength: 0, frames: 0, decodedFrames: 0, decodeMs: 0 }

/** Returns true if an item is a series. */
export function isSeriesItem(item: LaneItem): item is SeriesItem {
  return 'entries' in item
}

/** Returns the number of instances in an item. It limits how many documents are in memory. */
export function instancesOf(item: LaneItem): number {
  return isSeriesItem(item) ? item.entries.length : 1
}

/**
 * Returns the number of frames to read for an item, as a measure of its work. An item without frames counts as one.
 */
export function framesToRead(item: LaneItem, { headerOnly }: InstanceOptions): number {
  if (headerOnly === true) return 1
  const entries = isSeriesItem(item) ? item.entries : [item.entry]
  return Math.max(
    1,
    entries.reduce((sum, { instance }) => sum + instance.ImageFrames.length, 0),
  )
}

/** Returns the result of an item with no written files. */
export function failedItem(id: number, failures: readonly Failure[]): ItemResult {
  return { id, entries: [], notices: [], failures, frames: { written: 0, unverified: 0 } }
}
