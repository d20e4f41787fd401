import type { AnyFormat, Destination, ErrorEntry, FreeSpace } from '@ahi-dicom/export-files'
import type { InstanceOptions } from '../lane/lane-item.ts'
import type { SelectionDescription } from '../selection/describe-selection.ts'
import type { SelectionOptions } from '../selection/selection-options.ts'
import type { PlannedRequests } from './observed-client.ts'
import type { PlannedBytes } from './planned-bytes.ts'

/** What to plan an export of, and how it shall be made. */
export interface PlanOptions extends SelectionOptions, Omit<InstanceOptions, 'verifyFrames' | 'dicomdir'> {
  /** Which files each instance and each series makes. Default: DICOM files. */
  readonly formats?: readonly AnyFormat[] | undefined
  /** Tells the room that is left. Nothing is opened or written. */
  readonly destination?: Pick<Destination, 'free'> | undefined
  /**
   * Whether the client keeps the documents that the plan reads (`cacheDocuments`), so that the export does not request them.
   * Default false.
   */
  readonly keepsDocuments?: boolean | undefined
  /** Called for each image set of which something will be exported. */
  readonly onImageSet?: ((imageSet: PlannedImageSet) => void | Promise<void>) | undefined
  /**
   * Called for what will fail: image sets that cannot be read, selectors that lead to nothing, instances that cannot be
   * written. Default: the first one ends the plan with its error.
   */
  readonly onFailure?: ((failure: ErrorEntry) => void) | undefined
  /** Called after each image set. */
  readonly onProgress?: ((progress: PlanProgress) => void) | undefined
}

/** How far a plan is. */
export interface PlanProgress {
  readonly imageSets: { readonly done: number; readonly total: number }
  /** Whether the search is over, so that the total grows no more. */
  readonly isTotalKnown: boolean
  /** Instances and frames so far. */
  readonly instances: number
  readonly frames: number
}

/** What an export would take from one image set. */
export interface PlannedImageSet {
  readonly imageSetId: string
  readonly versionId: string
  readonly isPrimary: boolean
  /** `FREQUENT_ACCESS` or `ARCHIVE_INSTANT_ACCESS`; undefined if AHI did not tell. */
  readonly storageTier: string | undefined
  readonly studyInstanceUid: string
  readonly seriesInstanceUids: readonly string[]
  readonly instances: number
  /** Frames that are read. */
  readonly frames: number
  readonly bytesToFetch: PlannedBytes
  readonly bytesToWrite: PlannedBytes
}

/** Files of one format. */
export interface PlannedFiles extends PlannedBytes {
  readonly files: number
}

/** What an export into an empty destination would do, if no request has to be repeated and no frame is damaged. */
export interface ExportPlan {
  readonly datastoreId: string
  /** What AHI's search does of the selection, and what decides each filter. */
  readonly selection: SelectionDescription
  readonly imageSets: {
    /** Not those of which the filters leave out all instances. */
    readonly selected: number
    /** Whose metadata cannot be read. */
    readonly failed: number
  }
  /** Image sets that were read and have selected instances, by storage tier. `unknown`: AHI did not tell. */
  readonly storageTiers: Readonly<Record<string, number>>
  /** Bytes that AHI bills for the image sets that reading moves out of the archive tier, each with its smallest size. */
  readonly archivedBytes: number
  readonly studies: number
  readonly series: number
  /** Instances that will be written, also those that will lack a file. */
  readonly instances: number
  /** Instances that are left out since another image set has them. */
  readonly duplicates: number
  /** Those instances of which some or all files will fail, as far as the documents tell. */
  readonly failedInstances: number
  /** Frames that are read. */
  readonly frames: number
  /** Bytes of frames and whole instances, without metadata documents. */
  readonly bytesToFetch: PlannedBytes
  /** Bytes of the files, without the record. */
  readonly bytesToWrite: PlannedBytes
  /** By the name of the format. */
  readonly files: Readonly<Record<string, PlannedFiles>>
  /** Instances with files of a format that does not tell their size, also files of their series. */
  readonly unforeseenInstances: number
  readonly requests: PlannedRequests
  readonly disk: PlannedDisk
  /** Failures by code. */
  readonly errors: Readonly<Record<string, number>>
  /** Whether there are failures and all of them may pass by themselves. */
  readonly retryableOnly: boolean
}

/** Room that an export needs. */
export interface PlannedDisk {
  /**
   * Files in whole blocks, one for each folder of a study or a series, and an estimate of the record; as many copies as the
   * destination makes.
   */
  readonly neededBytes: number
  /** Files, and folders of studies and series. */
  readonly neededFiles: number
  /** Undefined if the destination does not tell. */
  readonly free: FreeSpace | undefined
  /** Whether the export fits. Undefined if that is not known. */
  readonly fits: boolean | undefined
}
