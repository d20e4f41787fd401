import type { ErrorEntry } from '@ahi-dicom/export-files'
import type { Exporter, SelectionOptions } from '@ahi-dicom/exporter'
import type { Run, RunRequest } from '../model/run.ts'

/** What a submission has done so far. */
export interface SubmitProgress {
  /** Image sets that were selected and looked at. */
  readonly imageSets: number
  /** Those of them whose job was not there yet. */
  readonly added: number
}

/** Options of `submit` of a fleet. */
export interface SubmitOptions extends Pick<SelectionOptions, 'selectors' | 'filters' | 'nonPrimary' | 'signal'> {
  readonly exporter: Pick<Exporter, 'selectImageSets'>
  /** What is exported, and how. What is selected must follow from it: the same request is the same run. */
  readonly request: RunRequest
  /** Most instances of a job. Larger image sets are done in parts, by several workers. Default 2000. */
  readonly instancesPerPart?: number | undefined
  readonly onProgress?: ((progress: SubmitProgress) => void) | undefined
  /** Told of what cannot be selected. It is stored too, for the report. */
  readonly onFailure?: ((failure: ErrorEntry) => void) | undefined
  /** Told when Redis goes away, and when it is back. Meanwhile the submission waits, until `signal` says otherwise. */
  readonly onRedis?: ((state: 'away' | 'back') => void) | undefined
}

/** What a submission has done. */
export interface SubmittedRun extends SubmitProgress {
  readonly run: Run
  /** Selectors and image sets that could not be selected. */
  readonly failures: number
}
