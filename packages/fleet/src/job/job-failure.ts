import { shown } from '../errors.ts'

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
  const value = parsed(text)
  if (typeof value === 'object' && value !== null && 'code' in value && 'message' in value && 'retryable' in value) {
    const { code, message, retryable } = value
    if (typeof code === 'string' && /^\w{1,64}$/.test(code) && typeof message === 'string') {
      return { code, message: shown(message), retryable: retryable === true }
    }
  }
  return {
    code: 'FLEET_JOB_LOST',
    message: `Cannot finish the job: the workers that had it were lost (${shown(text)}); retry the run`,
    retryable: true,
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
