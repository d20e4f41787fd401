import type { Clock } from './clock.ts'
import { type SharedTime, sharedCount, sharedTime } from './shared-words.ts'
import { createStartMeter, startMeterByteLength } from './start-meter.ts'

/** How much of the rate is left after a throttle. */
const cut = 0.7
/** Without a throttle the rate doubles in this time. */
const doublingUs = 5_000_000
/** From this multiple of the rate of the last cut on, requests are no longer spaced: 20 s without a throttle. */
const freeAt = 16
/** The rate is not cut below one request in two seconds, so that recovery is always noticed. */
const leastPer1000s = 500

/** Bytes of a pace in shared memory. */
export const paceByteLength = 64

/**
 * The rate at which requests of one operation start, shared by all callers of a client and by all threads that have
 * its memory. AHI's quotas are per operation (GetImageFrame 1000/s, GetImageSetMetadata 50/s, ...), so each has its
 * own. Free until the service throttles; then cut below the rate that was too much, and growing again from there.
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

/** Options of {@link createPace}. */
export interface PaceOptions {
  readonly clock: Clock
  /** Begins with zeros. */
  readonly memory?: SharedArrayBuffer | undefined
  readonly byteOffset?: number | undefined
  /** Told of each wait for a turn, before it begins. */
  readonly onWait?: ((now: number, ms: number) => void) | undefined
}

/**
 * Makes the pace that is kept in these bytes of `memory`. It begins free, with zeros. The clock must count from one
 * origin in all threads.
 *
 * There is no lock that a killed thread could leave behind: each word is changed by one atomic operation. Two words
 * that belong together may be seen half changed. Then the rate is wrong for one request, or, if a thread is killed
 * between them, until the next cut.
 */
export function createPace(options: PaceOptions): Pace {
  const { clock, memory = new SharedArrayBuffer(paceByteLength), byteOffset = 0, onWait } = options
  const nextTurn = sharedTime(memory, byteOffset)
  const cutAt = sharedTime(memory, byteOffset + 8)
  /** Requests in 1000 s; 0 when it was never cut. */
  const rateAtCut = sharedCount(memory, byteOffset + 16)
  const starts = createStartMeter(memory, byteOffset + paceByteLength - startMeterByteLength)

  function ratePer1000s(now: number): number {
    const rate = rateAtCut.get()
    if (rate === 0) return Infinity
    const growth = 2 ** ((now - cutAt.get()) / doublingUs)
    return growth < freeAt ? rate * growth : Infinity
  }

  async function waitTurn(us: number, signal: AbortSignal | undefined): Promise<void> {
    onWait?.(clock.now(), us / 1000)
    await clock.wait(us / 1000, signal)
    starts.count(microseconds(clock.now()))
  }

  return {
    turn: (signal) => {
      const now = microseconds(clock.now())
      const spacing = Math.round(1e9 / ratePer1000s(now))
      const at = spacing === 0 ? Math.max(now, nextTurn.get()) : advance(nextTurn, now, spacing)
      if (at > now) return waitTurn(at - now, signal)
      starts.count(now)
      return undefined
    },
    throttled: (askedAt, retryAfterMs) => {
      const now = microseconds(clock.now())
      advance(nextTurn, now + microseconds(retryAfterMs), 0)
      const lastCut = cutAt.get()
      // What got its turn before the last cut tells nothing about the rate since.
      if (microseconds(askedAt) < lastCut) return
      const tooFast = Math.min(ratePer1000s(now), starts.per1000s(now))
      // Of threads that are throttled at the same time, one cuts the rate.
      if (cutAt.exchange(lastCut, now)) rateAtCut.set(Math.max(leastPer1000s, Math.round(tooFast * cut)))
    },
  }
}

/** Raises `time` to `least` if it is before that, adds `us`, and returns the raised time without the addition. */
function advance(time: SharedTime, least: number, us: number): number {
  for (;;) {
    const previous = time.get()
    const raised = Math.max(previous, least)
    if (raised + us === previous || time.exchange(previous, raised + us)) return raised
  }
}

function microseconds(ms: number): number {
  return Math.round(ms * 1000)
}
