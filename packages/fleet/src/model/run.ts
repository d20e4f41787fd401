import type { JsonObject } from './json.ts'

/** What a run exports. It is stored once for each run, as JSON, and holds no secret and no data of a patient. */
export interface RunRequest {
  readonly datastoreId: string
  /** Where the files go, in a form that the workers understand, such as `s3://bucket/prefix`. */
  readonly destination: string
  /** Whatever else shapes the files and says what is selected of an image set. The caller gives it, and reads it in the workers. */
  readonly settings: JsonObject
}

/**
 * `submitting`: more jobs may come, also if the submitter is gone. `submitted`: all jobs are there. `cancelled`: no job is
 * taken until the run is submitted again.
 */
export type RunState = 'submitting' | 'submitted' | 'cancelled'

/** A run: all that goes from one data store to one destination in one form. */
export interface Run extends RunRequest {
  /** 16 hexadecimal digits, the same for the same {@link RunRequest}: a run that is submitted twice is one run. */
  readonly id: string
  readonly createdAt: Date
  readonly state: RunState
  /** Most instances of a job. The first submission decides; a later one cannot change how image sets are cut. */
  readonly instancesPerPart: number
  /** When a report on the run was last written. A later submission takes it away. */
  readonly reportedAt?: Date | undefined
}
