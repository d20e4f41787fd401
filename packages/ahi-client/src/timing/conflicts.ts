import type { Clock } from './clock.ts'

/** Decides how long the requests of one client wait for image sets that are being imported or changed. */
export interface Conflicts {
  /** Returns how long a request that now meets its first conflict may wait, in milliseconds. */
  allowanceMs(): number
  /** Records that a request waited for its whole allowance and still met a conflict. */
  waitedInVain(): void
}

/** After a wait in vain, no request waits for conflicts for this many times the length of the wait. */
const pauseFactor = 10

/**
 * Creates the conflict policy of one client. If each request waited, a job with thousands of image sets in conflict
 * would take days. With it, a job waits for at most a tenth of its time and otherwise finishes the other image sets.
 */
export function createConflicts({
  clock,
  timeoutMs,
}: {
  readonly clock: Clock
  readonly timeoutMs: number
}): Conflicts {
  let pausedUntil = -Infinity
  return {
    allowanceMs: () => (clock.now() < pausedUntil ? 0 : timeoutMs),
    waitedInVain: () => {
      pausedUntil = clock.now() + pauseFactor * timeoutMs
    },
  }
}
