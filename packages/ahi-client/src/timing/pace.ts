import type { Clock } from './clock.ts'

/** How much of the rate is left after a throttle. */
const cut = 0.7
/** Without a throttle the rate doubles in this time. */
const doublingMs = 5_000
/** From this multiple of the rate of the last cut on, requests are no longer spaced: 20 s without a throttle. */
const freeAt = 16
/** The rate is not cut below this, so that recovery is always noticed. */
const leastPerSecond = 0.5
const windowMs = 1_000
/** A burst is measured as if it had taken at least this long. */
const leastWindowMs = 100

/**
 * The rate at which requests of one operation start, shared by all callers of a client. AHI's quotas are per
 * operation (GetImageFrame 1000/s, GetImageSetMetadata 50/s, ...), so each has its own. Free until the service
 * throttles; then cut below the rate that was too much, and growing again from there.
 */
export interface Pace {
  /** Waits for the turn of one request: `undefined` when it may start now. Rejects with the reason of `signal`. */
  turn(signal: AbortSignal | undefined): Promise<void> | undefined
  /**
   * Slows all following requests, because the service throttled one that asked for its turn at `askedAt` (time of the
   * clock). Nothing starts within the next `retryAfterMs`.
   */
  throttled(askedAt: number, retryAfterMs: number): void
}

/** Makes a pace that is free. */
export function createPace(clock: Clock): Pace {
  const starts = createMeter()
  let rateAtCut = Infinity
  let cutAt = -Infinity
  let nextTurn = -Infinity

  function ratePerSecond(now: number): number {
    const growth = 2 ** ((now - cutAt) / doublingMs)
    return growth < freeAt ? rateAtCut * growth : Infinity
  }

  async function waitTurn(ms: number, signal: AbortSignal | undefined): Promise<void> {
    await clock.wait(ms, signal)
    starts.count(clock.now())
  }

  return {
    turn: (signal) => {
      const now = clock.now()
      const at = Math.max(now, nextTurn)
      nextTurn = at + 1000 / ratePerSecond(now)
      if (at > now) return waitTurn(at - now, signal)
      starts.count(now)
      return undefined
    },
    throttled: (askedAt, retryAfterMs) => {
      const now = clock.now()
      nextTurn = Math.max(nextTurn, now + retryAfterMs)
      // What got its turn before the last cut tells nothing about the rate since.
      if (askedAt < cutAt) return
      const tooFast = Math.min(ratePerSecond(now), starts.perSecond(now))
      rateAtCut = Math.max(leastPerSecond, tooFast * cut)
      cutAt = now
    },
  }
}

interface Meter {
  count(now: number): void
  perSecond(now: number): number
}

/** Counts starts in windows; the rate is that of the last whole window or of the running one, whichever is more. */
function createMeter(): Meter {
  let windowStart = -Infinity
  let counted = 0
  let lastPerSecond = 0
  const running = (now: number): number => (counted * 1000) / Math.max(now - windowStart, leastWindowMs)
  return {
    count: (now) => {
      if (now - windowStart >= windowMs) {
        lastPerSecond = running(now)
        windowStart = now
        counted = 0
      }
      counted += 1
    },
    perSecond: (now) => Math.max(lastPerSecond, running(now)),
  }
}
