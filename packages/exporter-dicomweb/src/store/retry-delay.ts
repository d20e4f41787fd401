import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerAnswer } from '../http/server-answer.ts'

/** How requests are repeated. */
export interface RetryOptions {
  /** Times that a request is sent, the first one included. */
  readonly maxAttempts: number
  /** Wait before the second attempt, in milliseconds. It doubles from attempt to attempt, up to 30 seconds. */
  readonly firstDelayMs: number
}

const longestDelayMs = 30_000
/** A server that asks for more is not waited for. */
const longestRetryAfterMs = 300_000

/**
 * Returns how long to wait before an attempt, in milliseconds: what the server asks for, or a random part of a time that
 * doubles. Undefined if the server asks for too much. `attempt` is that which failed, from 1.
 */
export function retryDelay(
  attempt: number,
  { firstDelayMs, answer }: Pick<RetryOptions, 'firstDelayMs'> & { readonly answer: ServerAnswer | undefined },
): number | undefined {
  const asked = answer && retryAfter(answer)
  if (asked !== undefined) return asked <= longestRetryAfterMs ? asked : undefined
  return Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2)
}

/** Seconds, or a date (RFC 9110 10.2.3). */
function retryAfter({ headers }: ServerAnswer): number | undefined {
  const value = headers['retry-after']
  if (value === undefined) return undefined
  const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

/** Waits. Rejects with the reason of the signal. */
export async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}
