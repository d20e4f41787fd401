import { printable } from '@ahi-dicom/ahi-metadata/printable'

/**
 * The kinds of {@link FleetError}:
 * - `FLEET_REDIS_URL_MALFORMED`: the URL of Redis, or a certificate, cannot be used.
 * - `FLEET_REDIS_UNREACHABLE`: no connection, or none that is trusted.
 * - `FLEET_REDIS_REFUSED`: Redis wants another user or password, or the user may not do what is needed; or it is a read-only replica.
 * - `FLEET_REDIS_FULL`: Redis takes no more data.
 * - `FLEET_REDIS_TOO_OLD`: Redis before 6.2.
 * - `FLEET_RUN_NOT_FOUND`: Redis holds no such run.
 * - `FLEET_RUN_MALFORMED`: somebody else changed the stored run.
 * - `FLEET_RUN_CANCELLED`: the run was cancelled. It takes jobs again once it is submitted again.
 * - `FLEET_RUN_ACTIVE`: workers still have jobs or records of the run, or somebody submits it.
 * - `FLEET_JOB_MALFORMED`: somebody else put the job there; it is not run.
 * - `FLEET_JOB_LOST`: the workers that had the job died, one after another.
 * - `FLEET_LAYOUT_NOT_UNIQUE`: two workers could want the same path.
 * - `FLEET_DESTINATION_UNSUPPORTED`: the destination cannot serve several writers.
 * - `FLEET_FORMAT_UNSUPPORTED`: a format makes files of series, and jobs cut image sets into parts.
 */
export type FleetErrorCode =
  | 'FLEET_REDIS_URL_MALFORMED'
  | 'FLEET_REDIS_UNREACHABLE'
  | 'FLEET_REDIS_REFUSED'
  | 'FLEET_REDIS_FULL'
  | 'FLEET_REDIS_TOO_OLD'
  | 'FLEET_RUN_NOT_FOUND'
  | 'FLEET_RUN_MALFORMED'
  | 'FLEET_RUN_CANCELLED'
  | 'FLEET_RUN_ACTIVE'
  | 'FLEET_JOB_MALFORMED'
  | 'FLEET_JOB_LOST'
  | 'FLEET_LAYOUT_NOT_UNIQUE'
  | 'FLEET_DESTINATION_UNSUPPORTED'
  | 'FLEET_FORMAT_UNSUPPORTED'

/** Options of {@link FleetError}. */
export interface FleetErrorOptions {
  readonly runId?: string | undefined
  readonly jobId?: string | undefined
  readonly cause?: unknown
}

/** Thrown by a fleet. The message says what to do. */
export class FleetError extends Error {
  override readonly name = 'FleetError'
  readonly code: FleetErrorCode
  readonly runId: string | undefined
  readonly jobId: string | undefined

  constructor(code: FleetErrorCode, message: string, options: FleetErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.runId = options.runId
    this.jobId = options.jobId
  }
}

/** Returns text from Redis in a form that an error may show. */
export function shown(text: string): string {
  return printable(text, { maxLength: 200 })
}
