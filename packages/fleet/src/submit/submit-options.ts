import type { ErrorEntry } from '@ahi-dicom/export-files'
import type { Exporter, SelectionOptions } from '@ahi-dicom/exporter'
import type { Run, RunRequest } from '../model/run.ts'

/** Progress of a submission. */
export interface SubmitProgress {
  /** Selected image sets, so far. */
  readonly imageSets: number
  /** Jobs that were added for them, because they did not exist yet. */
  readonly added: number
}

/** Options of `submit` of a fleet. */
export interface SubmitOptions extends Pick<SelectionOptions, 'selectors' | 'filters' | 'nonPrimary' | 'signal'> {
  /** Selects the image sets. */
  readonly exporter: Pick<Exporter, 'selectImageSets'>
  /**
   * The data store, the destination and the settings. Put the selectors into its settings: requests that are equal are the
   * same run, so different selections need different requests.
   */
  readonly request: RunRequest
  /** Maximum number of instances in a job. Larger image sets are split into several jobs. Default 2000. */
  readonly instancesPerPart?: number | undefined
  /** Called after each batch of image sets. */
  readonly onProgress?: ((progress: SubmitProgress) => void) | undefined
  /** Called for each selector or image set that cannot be selected. The failure is also stored for the report. */
  readonly onFailure?: ((failure: ErrorEntry) => void) | undefined
  /** Called when Redis goes away and when it is back. In between the submission waits, until `signal` aborts. */
  readonly onRedis?: ((state: 'away' | 'back') => void) | undefined
}

/** The result of a submission. */
export interface SubmittedRun extends SubmitProgress {
  readonly run: Run
  /** Selectors and image sets that could not be selected. */
  readonly failures: number
}
