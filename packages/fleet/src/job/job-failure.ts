import { shown } from '../errors.ts'
import { membersOf, parseJson } from '../model/read-json.ts'

/** The reason why a job failed and is not tried again by itself. */
export interface JobFailure {
  readonly code: string
  readonly message: string
  /** Whether the job may succeed if it is tried again. */
  readonly retryable: boolean
}

/** Returns the JSON that BullMQ stores as the reason of a failed job. */
export function formatJobFailure({ code, message, retryable }: JobFailure): string {
  return JSON.stringify({ code, message, retryable })
}

/**
 * Reads the reason of a failed job. Text that is not from {@link formatJobFailure} is BullMQ's own: BullMQ fails a job when
 * too many workers died with it. Then the code is `FLEET_JOB_LOST`.
 */
export function parseJobFailure(text: string): JobFailure {
  const { code, message, retryable } = membersOf(parseJson(text))
  if (typeof code === 'string' && /^\w{1,64}$/.test(code) && typeof message === 'string' && retryable !== undefined) {
    return { code, message: shown(message), retryable: retryable === true }
  }
  return {
    code: 'FLEET_JOB_LOST',
    message: `Cannot finish the job: the workers that took it died (${shown(text)}); retry the run`,
    retryable: true,
  }
}
