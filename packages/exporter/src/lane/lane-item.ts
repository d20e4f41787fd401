import type { InstanceEntry, InstanceNotice, LosslessStorageFormat } from '@ahi-dicom/dicomizer'
import type { InstanceKey, ManifestEntry, SeriesKey } from '@ahi-dicom/export-files'
import type { Failure } from '../failure/failure.ts'

/** How instances are written. */
export interface InstanceOptions {
  /**
   * `explicit`: frames are decoded and written as Explicit VR Little Endian. `stored`: frames are encapsulated as AHI
   * keeps them. Default `explicit`, which every DICOM program reads.
   */
  readonly transferSyntax?: 'explicit' | 'stored' | undefined
  /** Whether only the attributes are written, so that no frame is fetched. Default false. */
  readonly headerOnly?: boolean | undefined
  /** Whether `stored` frames are decoded to compare their checksums. Decoded frames always are. Default true. */
  readonly verifyFrames?: boolean | undefined
  /**
   * Where pixels come from. `frames`: metadata and frames make up the file, and the whole instance serves if they
   * cannot. `instance`: AHI makes the file (GetDICOMInstance), at a twentieth of the rate. Default `frames`.
   */
  readonly source?: 'frames' | 'instance' | undefined
  /**
   * Whether a DICOMDIR lists the instances (PS3.10 8.6). It needs the layout `media`, which is the default then. Default
   * false.
   */
  readonly dicomdir?: boolean | undefined
}

/** What items of both kinds have. */
interface LaneItemBase {
  /** Tells the items of a job apart. */
  readonly id: number
  readonly losslessStorageFormat: LosslessStorageFormat
  /** Whether the image set has no later version: AHI gives whole instances of the latest version alone. */
  readonly isLatestVersion: boolean
  /** Path of its files without extension. */
  readonly stem: string
}

/** An instance to export. Plain data: it is cloned into the thread of a lane. */
export interface InstanceItem extends LaneItemBase {
  readonly key: InstanceKey
  readonly entry: InstanceEntry
  /** Whether its files are named after their format. */
  readonly hasExtension: boolean
}

/** A series to export. Plain data, as an instance is. */
export interface SeriesItem extends LaneItemBase {
  readonly key: SeriesKey
  /** In the order of the document. */
  readonly entries: readonly InstanceEntry[]
  /** Whether its frames count as received. They do not if items of its instances read them, too. */
  readonly countsFrames: boolean
}

/** An instance or a series to export. */
export type LaneItem = InstanceItem | SeriesItem

/** What became of an item. */
export interface ItemResult {
  readonly id: number
  /** Files that were written, to be recorded. */
  readonly entries: readonly ManifestEntry[]
  readonly notices: readonly InstanceNotice[]
  /** Why some or all of its files are missing. Empty if the instance is complete. */
  readonly failures: readonly Failure[]
  /** Frames that were read for its files. */
  readonly frames: ReadFrames
  /** Of a series: those of each of its instances, in the order of the item. Absent if nothing was written. */
  readonly framesOfInstances?: readonly ReadFrames[] | undefined
}

/** Frames of an instance or a series that were read for its files. */
export interface ReadFrames {
  readonly written: number
  /** Those of `written` that were not compared with a checksum. */
  readonly unverified: number
}

/** What came from AHI, and was decoded, since it was last told. */
export interface Fetched {
  readonly byteLength: number
  /** Frames that had not come before. */
  readonly frames: number
  /** Frames that were decoded, and how long that took. */
  readonly decodedFrames: number
  readonly decodeMs: number
}

/** Nothing came. */
export const nothingFetched: Fetched = { byteLength: 0, frames: 0, decodedFrames: 0, decodeMs: 0 }

/** Returns whether an item is a series. */
export function isSeriesItem(item: LaneItem): item is SeriesItem {
  return 'entries' in item
}

/** Returns how many instances an item has. Its documents take as much memory. */
export function instancesOf(item: LaneItem): number {
  return isSeriesItem(item) ? item.entries.length : 1
}

/** Returns the frames that are read for an item, which is how much work it is. An item without any counts as one. */
export function framesToRead(item: LaneItem, { headerOnly }: InstanceOptions): number {
  if (headerOnly === true) return 1
  const entries = isSeriesItem(item) ? item.entries : [item.entry]
  return Math.max(
    1,
    entries.reduce((sum, { instance }) => sum + instance.ImageFrames.length, 0),
  )
}

/** Returns the result of an item of which nothing was written. */
export function failedItem(id: number, failures: readonly Failure[]): ItemResult {
  return { id, entries: [], notices: [], failures, frames: { written: 0, unverified: 0 } }
}
