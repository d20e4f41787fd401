import type { JsonObject } from './json.ts'

/** The data store, destination and settings of a run. Redis keeps them as JSON, so they must hold no secret and no patient data. */
export interface RunRequest {
  readonly datastoreId: string
  /** The place for the files, in a form that the workers understand, such as `s3://bucket/prefix`. */
  readonly destination: string
  /** All other settings, such as format, layout and selectors. Only the caller's `openRun` reads them. */
  readonly settings: JsonObject
}

/**
 * - `submitting`: the submission has not ended, or its submitter died. More jobs may be added.
 * - `submitted`: all jobs are in the queue.
 * - `cancelled`: workers take no jobs until the run is submitted again.
 */
export type RunState = 'submitting' | 'submitted' | 'cancelled'

/** A run: everything that is exported from one data store to one destination with the same settings. */
export interface Run extends RunRequest {
  /** 16 hexadecimal digits, derived from the {@link RunRequest}. Submitting the same request again continues the same run. */
  readonly id: string
  readonly createdAt: Date
  readonly state: RunState
  /** Maximum number of instances in a job. Set by the first submission; later ones cannot change it. */
  readonly instancesPerPart: number
  /** Time of the last report on the finished run. Undefined after a later submission or retry. */
  readonly reportedAt?: Date | undefined
}
