import type { InstanceNoticeCode } from '@ahi-dicom/dicomizer'
import type { DestinationAnswer, FormatSettings } from '../destination/file-writer.ts'
import type { DirectoryEntry } from '../media/directory-entry.ts'

/** Common members of the keys of instances and series. */
interface ItemKeyBase {
  readonly datastoreId: string
  readonly imageSetId: string
  /** Version of the image set that the instances were read from. */
  readonly versionId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
}

/** Identifies one SOP instance of one image set. */
export interface InstanceKey extends ItemKeyBase {
  readonly sopInstanceUid: string
}

/** Identifies the selected instances of one series of one image set. */
export interface SeriesKey extends ItemKeyBase {
  readonly sopInstanceUid?: undefined
  /** Number of instances. */
  readonly instances: number
  /** SHA-256 of their SOPInstanceUIDs, see `instancesDigest`. */
  readonly instancesSha256: string
}

/** Identifies the instance or series that files are made from. */
export type ItemKey = InstanceKey | SeriesKey

/**
 * Tells if the frames in a file were compared with AHI's checksums.
 * - `verified`: all frames were compared
 * - `unverified`: some frames could not be compared, for example because they have no checksum; a later run cannot
 *   either
 * - `skipped`: some frames were not compared, because verification was turned off
 * - `none`: the file has no frames from AHI
 */
export type ChecksumResult = 'verified' | 'unverified' | 'skipped' | 'none'

/** Options of a run that change the bytes of all files of an instance. */
export interface RequestedForm {
  /** Decoded pixels, pixels as AHI stores them, or attributes only. */
  readonly form: 'explicit' | 'stored' | 'header-only'
  /** Where pixels are requested from. */
  readonly source: 'frames' | 'instance'
}

/** Options of a run that change the bytes of a file. */
export interface FileRequest extends RequestedForm {
  /** Settings of the format. */
  readonly settings?: FormatSettings | undefined
}

/** Common members of the lines of `manifest.ndjson` about written files. */
interface FileEntry {
  /** Relative to the destination, with forward slashes. */
  readonly path: string
  readonly format: string
  /** Size of the file in bytes. */
  readonly bytes: number
  /** SHA-256 of the file in lower-case hexadecimal. */
  readonly sha256: string
  /**
   * Number of frames of the instance, of integers or real numbers. For a file of a series: number of frames in the
   * file.
   */
  readonly frames: number
  /** Source of the pixels: single frames, AHI's Part 10 file of the instance, or none if there are no pixels. */
  readonly source: 'frames' | 'instance' | 'none'
  /** Options that the file was made with. A resumed export with other options writes the file again. */
  readonly request: FileRequest
  readonly checksum: ChecksumResult
  /** Answer of the destination. Absent for destinations that give none, such as a folder. */
  readonly answer?: DestinationAnswer | undefined
  /** Codes of the notices about the instance or the series, each once. Absent if there are none. */
  readonly notices?: readonly InstanceNoticeCode[] | undefined
  /** True if something that AHI holds could not be written. A later run writes the file again. */
  readonly hasLoss?: true | undefined
}

/** A line of `manifest.ndjson` about one written file of an instance. */
export interface InstanceFileEntry extends InstanceKey, FileEntry {
  /** Absent in lines about files of instances. */
  readonly scope?: undefined
  readonly sopClassUid: string
  /** Zero-based frame number, if the file shows a single frame. */
  readonly frame?: number | undefined
  /** Transfer syntax of the frames in AHI. Absent for instances without frames. */
  readonly storedTransferSyntaxUid?: string | undefined
  /** Transfer syntax of the Part 10 file. */
  readonly transferSyntaxUid: string
  /** Keys of the instance for the DICOMDIR, which contain patient data. Absent if the export has no DICOMDIR. */
  readonly directory?: DirectoryEntry | undefined
}

/** A line of `manifest.ndjson` about one written file of a series. */
export interface SeriesFileEntry extends SeriesKey, FileEntry {
  readonly scope: 'series'
  /** The part of `path` after the path of the series, such as `.nii`. */
  readonly suffix: string
  /** Number of files of the series in all formats. */
  readonly files: number
}

/** A line of `manifest.ndjson` about one written file. */
export type ManifestEntry = InstanceFileEntry | SeriesFileEntry

/** A line of `manifest.ndjson` about a file in the staging folder. */
export type StagedEntry = ManifestEntry & {
  /** The file is moved to `path` when all files of its image set are written. */
  readonly staged: true
}

/** A line of `manifest.ndjson`: all selected instances of a version of an image set are recorded above this line. */
export interface FinishedEntry extends Pick<InstanceKey, 'datastoreId' | 'imageSetId' | 'versionId'> {
  /** Number of selected instances. */
  readonly instances: number
  /** Number of recorded files of this version. */
  readonly files: number
  /** Name of the selection. */
  readonly selection?: string | undefined
  /** If true, files of other versions that are named above this line are to be removed. */
  readonly replaces?: true | undefined
  readonly finished: true
}

/** A line of `manifest.ndjson`: all files of an image set that are named above this line are to be removed. */
export interface RemovedImageSetEntry {
  readonly imageSetId: string
  readonly removed: true
}

/** A line of `manifest.ndjson` about a replaced file. The file is removed after this line is written. */
export interface RemovalEntry {
  readonly path: string
  readonly removed: true
}

/** A line of `manifest.ndjson`: the export was started over. Files that are named above it are to be written again. */
export interface StartOverEntry {
  readonly startedOver: true
}

/** One line of `errors.ndjson`: a failure and its reason. Identifiers and codes only, no patient data. */
export interface ErrorEntry {
  readonly datastoreId: string
  readonly imageSetId?: string | undefined
  readonly studyInstanceUid?: string | undefined
  readonly seriesInstanceUid?: string | undefined
  readonly sopInstanceUid?: string | undefined
  /** Instances of a series whose files could not be written. */
  readonly sopInstanceUids?: readonly string[] | undefined
  readonly imageFrameId?: string | undefined
  readonly code: string
  readonly message: string
  /** True if running the job again may succeed. */
  readonly retryable: boolean
}

/**
 * One line of `warnings.ndjson`: a warning about written instances. There is one line for each code and attribute of a
 * series in an image set. Identifiers, codes and tags only, no patient data.
 */
export interface WarningEntry extends InstanceKey {
  readonly code: InstanceNoticeCode
  /** Tag of the attribute as `GGGGEEEE`, if the warning is about one. */
  readonly tag?: string | undefined
  /** Message about the named instance, which is the first one of the series with this warning. */
  readonly message: string
  /** Number of instances of the series with this warning. */
  readonly instances: number
}
