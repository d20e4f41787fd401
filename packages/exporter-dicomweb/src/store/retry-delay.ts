import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerAnswer } from '../http/server-answer.ts'

/** How requests are repeated. */
export interface RetryOptions {
  /** Attempts at a request, including the first. */
  readonly maxAttempts: number
  /** Pause before the second attempt in milliseconds. It doubles with each attempt, up to 30 seconds. */
  readonly firstDelayMs: number
}

const longestDelayMs = 30_000
/** Longest Retry-After that is waited for. */
const longestRetryAfterMs = 300_000

/**
 * Returns the pause before the next attempt in milliseconds: Retry-After of the server, or a random part of a time that
 * doubles. Returns `undefined` if Retry-After is too long. `attempt` is the number of the failed attempt, from 1.
 */
export function retryDelay(
  attempt: number,
  { firstDelayMs, answer }: Pick<RetryOptions, 'firstDelayMs'> & { readonly answer: ServerAnswer | undefined },
): number | undefined {
  const requested = answer && retryAfter(answer)
  if (requested !== undefined) return requested <= longestRetryAfterMs ? requested : undefined
  return Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2)
}

/** Returns Retry-After in milliseconds. The header has seconds or a date (RFC 9110 10.2.3). */
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
