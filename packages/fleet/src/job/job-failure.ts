import { shown } from '../errors.ts'
import { membersOf, parseJson } from '../model/read-json.ts'

/** Why a job failed for good. */
export interface JobFailure {
  readonly code: string
  readonly message: string
  /** Whether the job may succeed if it is tried again. */
  readonly retryable: boolean
}

/** Returns the text that is stored as the reason for which a job failed. */
export function formatJobFailure({ code, message, retryable }: JobFailure): string {
  return JSON.stringify({ code, message, retryable })
}

/** Reads the reason for which a job failed. Any other text is BullMQ's: it gave the job up because its workers died. */
export function parseJobFailure(text: string): JobFailure {
  const { code, message, retryable } = membersOf(parseJson(text))
  if (typeof code === 'string' && /^\w{1,64}$/.test(code) && typeof message === 'string' && retryable !== undefined) {
    return { code, message: shown(message), retryable: retryable === true }
  }
  return {
    code: 'FLEET_JOB_LOST',
    message: `Cannot finish the job: the workers that had it were lost (${shown(text)}); retry the run`,
    retryable: true,
  }
}
