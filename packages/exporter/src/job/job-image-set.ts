import type { InstanceKey } from '@ahi-dicom/export-files'
import type { ItemResult } from '../lane/lane-item.ts'
import type { JobInstance } from './job-instance.ts'

/** An item whose files wait. */
export interface StagedItem {
  readonly instances: readonly JobInstance[]
  readonly result: ItemResult
}

/** An image set of a job, until each of its items has a result. */
export interface JobImageSet extends Pick<InstanceKey, 'datastoreId' | 'imageSetId' | 'versionId'> {
  /** Selected instances. */
  readonly instances: number
  /** The version that the destination had before; undefined if it had none. */
  readonly recordedVersionId: string | undefined
  /** Whether it has instances that the job does not select. */
  readonly isWidened: boolean
  /** Whether others export the rest of it, so that nobody here knows when it is whole. */
  readonly isPart: boolean
  /** Whether new files wait until all of them are written. */
  readonly isStaged: boolean
  /** Items without a result: instances, and series. */
  left: number
  /** Selected instances that have not come yet. */
  unwalked: number
  /** Instances of items that were written, and not found written. */
  written: number
  /** Instances that other image sets have. */
  duplicates: number
  /** Instances that failed. At least 1 if an item has failed. */
  failed: number
  /** Whether all failures may pass by themselves. */
  isRetryable: boolean
  /** Instances by series, if the job has files of series. Those that other image sets have are left out. */
  readonly series: Map<string, JobInstance[]>
  /** Files that wait. */
  readonly staged: StagedItem[]
  /** Instances of which all files wait. */
  readonly waiting: JobInstance[]
}
