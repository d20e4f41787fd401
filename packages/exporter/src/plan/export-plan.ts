import type { AnyFormat, Destination, ErrorEntry, FreeSpace } from '@ahi-dicom/export-files'
import type { InstanceOptions } from '../lane/lane-item.ts'
import type { SelectionDescription } from '../selection/describe-selection.ts'
import type { SelectionOptions } from '../selection/selection-options.ts'
import type { PlannedRequests } from './observed-client.ts'
import type { PlannedBytes } from './planned-bytes.ts'

/** Options of a plan: the selection and the settings of the export. */
export interface PlanOptions extends SelectionOptions, Omit<InstanceOptions, 'verifyFrames' | 'dicomdir'> {
  /** The formats of the files that each instance and each series is written as. Default: DICOM files. */
  readonly formats?: readonly AnyFormat[] | undefined
  /** Reports the free space. Nothing is opened or written. */
  readonly destination?: Pick<Destination, 'free'> | undefined
  /**
   * True if the client keeps the documents that the plan reads (`cacheDocuments`), so that the export does not request
   * them again. Default false.
   */
  readonly keepsDocuments?: boolean | undefined
  /** Called for each image set with instances to export. */
  readonly onImageSet?: ((imageSet: PlannedImageSet) => void | Promise<void>) | undefined
  /**
   * Called for everything that will fail: image sets that cannot be read, selectors that match nothing, instances that
   * cannot be written. Default: the first failure is thrown.
   */
  readonly onFailure?: ((failure: ErrorEntry) => void) | undefined
  /** Called after each image set. */
  readonly onProgress?: ((progress: PlanProgress) => void) | undefined
}

/** The progress of a plan. */
export interface PlanProgress {
  readonly imageSets: { readonly done: number; readonly total: number }
  /** True once the search is over, so that the total no longer grows. */
  readonly isTotalKnown: boolean
  /** Number of instances and frames so far. */
  readonly instances: number
  readonly frames: number
}

/** The part of a plan for one image set. */
export interface PlannedImageSet {
  readonly imageSetId: string
  readonly versionId: string
  readonly isPrimary: boolean
  /** `FREQUENT_ACCESS` or `ARCHIVE_INSTANT_ACCESS`. Undefined if AHI did not return it. */
  readonly storageTier: string | undefined
  readonly studyInstanceUid: string
  readonly seriesInstanceUids: readonly string[]
  readonly instances: number
  /** Number of frames to read. */
  readonly frames: number
  readonly bytesToFetch: PlannedBytes
  readonly bytesToWrite: PlannedBytes
}

/** Number and size of the files of one format. */
export interface PlannedFiles extends PlannedBytes {
  readonly files: number
}

/** The plan of an export into an empty destination, if no request is retried and no frame is damaged. */
export interface ExportPlan {
  readonly datastoreId: string
  /** Filters that AHI's search applies, and the step that decides each filter. */
  readonly selection: SelectionDescription
  readonly imageSets: {
    /** Selected image sets, without those where no instance matches the filters. */
    readonly selected: number
    /** Image sets whose metadata cannot be read. */
    readonly failed: number
  }
  /** Image sets with selected instances by storage tier. `unknown`: AHI did not return it. */
  readonly storageTiers: Readonly<Record<string, number>>
  /**
   * Bytes that AHI bills for image sets that reading moves out of the archive tier. Each counts with at least the
   * smallest billed size.
   */
  readonly archivedBytes: number
  readonly studies: number
  readonly series: number
  /** Instances to write, including those that will lack a file. */
  readonly instances: number
  /** Instances left out because another image set has them. */
  readonly duplicates: number
  /** Instances with at least one file that will fail, as far as the documents show. */
  readonly failedInstances: number
  /** Number of frames to read. */
  readonly frames: number
  /** Size of the frames and whole instances to fetch, without metadata documents. */
  readonly bytesToFetch: PlannedBytes
  /** Size of the files to write, without the record. */
  readonly bytesToWrite: PlannedBytes
  /** Files by the name of their format. */
  readonly files: Readonly<Record<string, PlannedFiles>>
  /** Instances with files, or files of their series, whose format cannot foresee its size. */
  readonly unforeseenInstances: number
  readonly requests: PlannedRequests
  readonly disk: PlannedDisk
  /** Failures by code. */
  readonly errors: Readonly<Record<string, number>>
  /** True if there are failures, and all of them may pass on a retry. */
  readonly retryableOnly: boolean
}

/** The space that an export needs at its destination. */
export interface PlannedDisk {
  /**
   * Bytes in whole blocks: the files, one block for each folder of a study or series, and an estimate for the record.
   * Multiplied by the number of copies that the destination makes.
   */
  readonly neededBytes: number
  /** Number of files, and of folders of studies and series. */
  readonly neededFiles: number
  /** Undefined if the destination does not report it. */
  readonly free: FreeSpace | undefined
  /** Whether the export fits. Undefined if unknown. */
  readonly fits: boolean | undefined
}
