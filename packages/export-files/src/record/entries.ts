import type { InstanceNoticeCode } from '@ahi-dicom/dicomizer'
import type { DestinationAnswer, FormatSettings } from '../destination/file-writer.ts'
import type { DirectoryEntry } from '../media/directory-entry.ts'

/** What the keys of instances and of series have in common. */
interface ItemKeyBase {
  readonly datastoreId: string
  readonly imageSetId: string
  /** Version of the image set that the instances were read from. */
  readonly versionId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
}

/** Names one SOP instance of one image set. */
export interface InstanceKey extends ItemKeyBase {
  readonly sopInstanceUid: string
}

/** Names the selected instances of one series of one image set. */
export interface SeriesKey extends ItemKeyBase {
  readonly sopInstanceUid?: undefined
  /** How many instances. */
  readonly instances: number
  /** SHA-256 of their SOPInstanceUIDs, see `instancesDigest`. */
  readonly instancesSha256: string
}

/** Names what files are made of: an instance, or a series. */
export type ItemKey = InstanceKey | SeriesKey

/**
 * Whether the frames in a file were compared with AHI's checksums.
 * - `verified`: all of them
 * - `unverified`: some could not be, such as frames without a checksum; a later run could not either
 * - `skipped`: some were not, since verification was turned off
 * - `none`: the file has no frames of AHI
 */
export type ChecksumResult = 'verified' | 'unverified' | 'skipped' | 'none'

/** What was asked for of an instance, as far as it shapes the bytes of all its files. */
export interface RequestedForm {
  /** Pixels decoded, pixels as AHI stores them, or attributes alone. */
  readonly form: 'explicit' | 'stored' | 'header-only'
  /** Where pixels were asked from. */
  readonly source: 'frames' | 'instance'
}

/** What was asked for of a file, as far as it shapes the bytes. */
export interface FileRequest extends RequestedForm {
  /** Of the format. */
  readonly settings?: FormatSettings | undefined
}

/** What lines of `manifest.ndjson` about written files have in common. */
interface FileEntry {
  /** Relative to the destination, with forward slashes. */
  readonly path: string
  readonly format: string
  /** Size of the file. */
  readonly bytes: number
  /** SHA-256 of the file in lower-case hexadecimal. */
  readonly sha256: string
  /** Frames of the instance, of integers or real numbers. Of a series: those that the file holds. */
  readonly frames: number
  /** Where the pixels come from: frames, AHI's own file of the instance, or there are none. */
  readonly source: 'frames' | 'instance' | 'none'
  /** What the file was made from. A resumed export writes it again if it asks for something else. */
  readonly request: FileRequest
  readonly checksum: ChecksumResult
  /** What the destination said of the file; absent where it says nothing, such as a folder. */
  readonly answer?: DestinationAnswer | undefined
  /** What a reader of the instance or the series should know, each code once; absent if there is nothing. */
  readonly notices?: readonly InstanceNoticeCode[] | undefined
  /** Something that AHI has of it could not be written: a later run writes the file again. */
  readonly hasLoss?: true | undefined
}

/** A line of `manifest.ndjson` about one written file of an instance. */
export interface InstanceFileEntry extends InstanceKey, FileEntry {
  /** Lines about files of instances do not name their scope. */
  readonly scope?: undefined
  readonly sopClassUid: string
  /** Zero-based frame that the file shows, if it shows one frame only. */
  readonly frame?: number | undefined
  /** Transfer syntax of the frames in AHI; absent for instances without frames. */
  readonly storedTransferSyntaxUid?: string | undefined
  /** Transfer syntax of the Part 10 form. */
  readonly transferSyntaxUid: string
  /** What the DICOMDIR says of the instance: data of a patient. Absent if there is none. */
  readonly directory?: DirectoryEntry | undefined
}

/** A line of `manifest.ndjson` about one written file of a series. */
export interface SeriesFileEntry extends SeriesKey, FileEntry {
  readonly scope: 'series'
  /** What follows the path of the series in `path`. */
  readonly suffix: string
  /** Files of the series, of all formats. */
  readonly files: number
}

/** A line of `manifest.ndjson` about one written file. */
export type ManifestEntry = InstanceFileEntry | SeriesFileEntry

/** A line of `manifest.ndjson` about a file that waits until all files of its image set are written. */
export type StagedEntry = ManifestEntry & {
  /** The file lies in the staging folder until the image set is finished, then it is moved to `path`. */
  readonly staged: true
}

/** A line of `manifest.ndjson`: all that is selected of a version of an image set is recorded before this line. */
export interface FinishedEntry extends Pick<InstanceKey, 'datastoreId' | 'imageSetId' | 'versionId'> {
  /** Selected instances. */
  readonly instances: number
  /** Recorded files of this version. */
  readonly files: number
  /** Name of what was selected. */
  readonly selection?: string | undefined
  /** Files of other versions that were named before are to be removed. */
  readonly replaces?: true | undefined
  readonly finished: true
}

/** A line of `manifest.ndjson`: all files of an image set that were named before are to be removed. */
export interface RemovedImageSetEntry {
  readonly imageSetId: string
  readonly removed: true
}

/** A line of `manifest.ndjson` about a file that another one replaced and that was removed after this line was written. */
export interface RemovalEntry {
  readonly path: string
  readonly removed: true
}

/** A line of `manifest.ndjson` where an export was started over. Files named before it are to be written again. */
export interface StartOverEntry {
  readonly startedOver: true
}

/** One line of `errors.ndjson`: what could not be exported and why. Identifiers and codes only, no patient data. */
export interface ErrorEntry {
  readonly datastoreId: string
  readonly imageSetId?: string | undefined
  readonly studyInstanceUid?: string | undefined
  readonly seriesInstanceUid?: string | undefined
  readonly sopInstanceUid?: string | undefined
  /** Instances of a series of which files could not be written. */
  readonly sopInstanceUids?: readonly string[] | undefined
  readonly imageFrameId?: string | undefined
  readonly code: string
  readonly message: string
  /** Whether running the job again may succeed. */
  readonly retryable: boolean
}

/**
 * One line of `warnings.ndjson`: what a reader of written instances should know, once for each code and attribute of a
 * series in an image set. Identifiers, codes and tags only, no patient data.
 */
export interface WarningEntry extends InstanceKey {
  readonly code: InstanceNoticeCode
  /** `GGGGEEEE`, if the warning is about one attribute. */
  readonly tag?: string | undefined
  /** About the named instance, the first one of the series that it concerns. */
  readonly message: string
  /** How many instances of the series it concerns. */
  readonly instances: number
}
