import type { InstanceKey } from '@ahi-dicom/export-files'
import type { ItemResult } from '../lane/lane-item.ts'
import type { JobInstance } from './job-instance.ts'

/** An item whose new files are written, but do not replace the old ones yet. */
export interface StagedItem {
  readonly instances: readonly JobInstance[]
  readonly result: ItemResult
}

/** The state of an image set in a job, until each of its items has a result. */
export interface JobImageSet extends Pick<InstanceKey, 'datastoreId' | 'imageSetId' | 'versionId'> {
  /** The number of selected instances. */
  readonly instances: number
  /** The version that the destination held before this job. Undefined if it held none. */
  readonly recordedVersionId: string | undefined
  /** True if the image set has instances that the job does not select. */
  readonly isWidened: boolean
  /** True if other calls export the rest of the image set. This job then cannot tell when it is complete. */
  readonly isPart: boolean
  /** True if new files replace the old ones only after all of them are written. */
  readonly isStaged: boolean
  /** The number of items without a result. Instances and series are items. */
  left: number
  /** The number of selected instances that were not walked yet. */
  unwalked: number
  /** The number of instances written by this job. Skipped ones are not counted. */
  written: number
  /** The number of instances that other image sets already have. */
  duplicates: number
  /** The number of failed instances. At least 1 if any item failed. */
  failed: number
  /** True if all failures so far may pass on a retry. */
  isRetryable: boolean
  /** Instances by series, if the job has series files. Instances that other image sets have are left out. */
  readonly series: Map<string, JobInstance[]>
  /** Items whose files wait to replace the old ones. */
  readonly staged: StagedItem[]
  /** Instances whose items are all staged. */
  readonly waiting: JobInstance[]
}
