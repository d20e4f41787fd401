import type { Clock } from './clock.ts'

/** How long the requests of one client wait for image sets that are being imported or changed. */
export interface Conflicts {
  /** Returns how long a request that meets its first conflict now may wait, in milliseconds. */
  allowanceMs(): number
  /** Notes that a request has waited for its whole allowance, and still met a conflict. */
  waitedInVain(): void
}

/** After a wait in vain, conflicts are not waited for during so many times its length. */
const pauseFactor = 10

/**
 * Makes the conflicts of one client. If each request of a large job waited, thousands of image sets that stay in conflict
 * would take days: a job waits for a tenth of its time at most, and for the rest of it finishes what is not in conflict.
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
