import { printable } from '@ahi-dicom/ahi-metadata/printable'

/**
 * The kinds of {@link FleetError}:
 * - `FLEET_REDIS_URL_MALFORMED`: the URL of Redis, or a certificate, cannot be used.
 * - `FLEET_REDIS_UNREACHABLE`: no connection, or the certificate of the server is not trusted.
 * - `FLEET_REDIS_REFUSED`: wrong user or password, missing permission, or a read-only replica.
 * - `FLEET_REDIS_FULL`: Redis accepts no more data.
 * - `FLEET_REDIS_TOO_OLD`: Redis is older than 6.2.
 * - `FLEET_RUN_NOT_FOUND`: Redis has no run with this id.
 * - `FLEET_RUN_MALFORMED`: the stored run was not written by a fleet of this version.
 * - `FLEET_RUN_CANCELLED`: the run was cancelled. Submit it again to continue it.
 * - `FLEET_RUN_ACTIVE`: workers still have jobs of the run, or it is being submitted.
 * - `FLEET_JOB_MALFORMED`: the job in Redis was not written by a fleet and is not run, or a UID cannot be written into a job.
 * - `FLEET_JOB_LOST`: the workers that took the job died, one after another.
 * - `FLEET_LAYOUT_NOT_UNIQUE`: two instances, or two series, could get the same path.
 * - `FLEET_DESTINATION_UNSUPPORTED`: several workers cannot write to the destination at the same time.
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

/** Options of {@link FleetError}. */
export interface FleetErrorOptions {
  readonly runId?: string | undefined
  readonly jobId?: string | undefined
  readonly cause?: unknown
}

/** The error that a fleet throws. The message says what to do. */
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

/** Returns text from Redis in printable characters, at most 200 of them, for an error message. */
export function shown(text: string): string {
  return printable(text, { maxLength: 200 })
}
