import type { Quota } from '../model/documented-quotas.ts'
import type { Clock } from './clock.ts'
import { createLimiter } from './limiter.ts'
import { createRateControl, rateControlByteLength } from './rate-control.ts'
import { type SharedTime, sharedTime } from './shared-words.ts'

/** Of the documented burst, what is used: the rest makes up for requests that arrive closer together than they started. */
const usedBurst = 0.95
/** A rate that the caller sets, or a limit, has no burst. What was late may be made up for within this time. */
const catchUpUs = 100_000
/** Nothing starts for this long after the rate was lowered, so that the service has some requests to spare again. */
const restUs = 200_000

/** While the rate is limited, who waits for a turn looks so often whether it has risen. */
const lookUs = 250_000

/** Bytes of a pace in shared memory. */
export const paceByteLength: number = 2 * 8 + rateControlByteLength

/**
 * The rate at which requests of one operation start, shared by all callers of a client and by all threads that have
 * its memory. AHI's quotas are per operation (GetImageFrame 1000/s, GetImageSetMetadata 50/s, ...), so each has its
 * own. It begins with the quota that AHI documents, and follows what the service answers, see `rate-control.ts`.
 */
export interface Pace {
  /** Waits for the turn of one request: `undefined` when it may start now. Rejects with the reason of `signal`. */
  turn(signal: AbortSignal | undefined): Promise<void> | undefined
  /** The service took a request that started at `startedAt` (time of the clock). */
  accepted(startedAt: number): void
  /** The service throttled a request that started at `startedAt`. Its turn is given back: it does not use the quota up. */
  throttled(startedAt: number): void
  /** Nothing starts within the next `ms`, because the service asks for that. */
  pause(ms: number): void
  /** Bounds the rate by so many requests a second at once, without a burst, in all threads; undefined: not any more. */
  limit(rate: number | undefined): void
}

/** Options of {@link createPace}. */
export interface PaceOptions {
  readonly clock: Clock
  /** Where it starts. */
  readonly quota: Quota
  /** Most requests a second. */
  readonly maxRate?: number | undefined
  /** Begins with zeros. */
  readonly memory?: SharedArrayBuffer | undefined
  readonly byteOffset?: number | undefined
  /** Told of each wait for a turn, before it begins. */
  readonly onWait?: ((now: number, ms: number) => void) | undefined
}

/**
 * Makes the pace that is kept in these bytes of `memory`. The clock must count from one origin in all threads.
 *
 * It is a token bucket, kept as the time at which the bucket would be full again (generic cell rate algorithm). There is
 * no lock that a killed thread could leave behind: each word is changed by one atomic operation. Two words that belong
 * together may be seen half changed. Then the rate is wrong for a moment.
 */
export function createPace(options: PaceOptions): Pace {
  const { clock, quota, maxRate, byteOffset = 0, onWait } = options
  const memory = options.memory ?? new SharedArrayBuffer(paceByteLength)
  const fullAt = sharedTime(memory, byteOffset)
  /** The end of the pause that the service asked for. */
  const pausedUntil = sharedTime(memory, byteOffset + 8)
  const control = createRateControl({ rate: quota.rate, maxRate, memory, byteOffset: byteOffset + 16 })
  /** Of the requests of this thread, one has a turn and waits for it. The others follow the rate as it is then. */
  const queue = createLimiter(1)
  const ownBurstUs = maxRate === undefined ? ((usedBurst * quota.burst) / quota.rate) * 1e6 : catchUpUs

  function spacing(): number {
    return Math.round(1e6 / control.rate())
  }

  /** The bucket is full when it lacks nothing, and empty when it lacks the burst. One request it always holds. */
  function emptyFor(us: number): number {
    return Math.max(0, Math.round((control.isLimited() ? catchUpUs : ownBurstUs) - us))
  }

  /** Takes the next turn, and returns when it is. */
  function takeTurn(now: number): number {
    const us = spacing()
    return take(fullAt, now, us) - emptyFor(us)
  }

  async function wait(us: number, signal: AbortSignal | undefined): Promise<void> {
    onWait?.(clock.now(), us / 1000)
    await clock.wait(us / 1000, signal)
  }

  /** Waits for a turn that was taken at `now`. */
  async function waitUntil(at: number, now: number, signal: AbortSignal | undefined): Promise<void> {
    control.waits()
    let left = at - now
    let us = spacing()
    while (left > lookUs && control.isLimited()) {
      await wait(lookUs, signal)
      left -= lookUs
      if (spacing() >= us) continue
      us = spacing()
      giveBack(fullAt, us)
      const later = microseconds(clock.now())
      left = takeTurn(later) - later
    }
    if (left > 0) await wait(left, signal)
  }

  async function waitInQueue(signal: AbortSignal | undefined): Promise<void> {
    const head = await queue.reserve(1, { signal })
    try {
      const now = microseconds(clock.now())
      const at = takeTurn(now)
      if (at > now) await waitUntil(at, now, signal)
    } finally {
      head.release()
    }
  }

  /** Nothing starts before that time, and nothing is to spare then. */
  function startNothingBefore(time: number): void {
    raise(fullAt, time + emptyFor(spacing()))
  }

  return {
    turn: (signal) => {
      const now = microseconds(clock.now())
      control.starts(now)
      if (queue.reserved > 0 || fullAt.get() - emptyFor(spacing()) > now) return waitInQueue(signal)
      const at = takeTurn(now)
      return at > now ? waitUntil(at, now, signal) : undefined
    },
    accepted: (startedAt) => {
      control.note(microseconds(startedAt), microseconds(clock.now()), { isThrottled: false })
    },
    throttled: (startedAt) => {
      const now = microseconds(clock.now())
      const verdict = control.note(microseconds(startedAt), now, { isThrottled: true })
      if (verdict === 'kept') giveBack(fullAt, spacing())
      if (verdict === 'lowered') startNothingBefore(now + restUs)
    },
    pause: (ms) => {
      const until = microseconds(clock.now() + ms)
      raise(pausedUntil, until)
      startNothingBefore(until)
    },
    limit: (rate) => {
      const before = control.rate()
      control.limit(rate)
      const now = microseconds(clock.now())
      if (control.rate() > before) shorten(fullAt, now, before / control.rate())
      if (pausedUntil.get() > now) startNothingBefore(pausedUntil.get())
    },
  }
}

/** Raises `time` to `least` if it is before that, adds `us`, and returns the raised time without the addition. */
function take(time: SharedTime, least: number, us: number): number {
  for (;;) {
    const previous = time.get()
    const raised = Math.max(previous, least)
    if (time.exchange(previous, raised + us)) return raised
  }
}

function giveBack(time: SharedTime, us: number): void {
  for (let previous = time.get(); !time.exchange(previous, Math.max(0, previous - us)); previous = time.get());
}

function raise(time: SharedTime, least: number): void {
  for (;;) {
    const previous = time.get()
    if (previous >= least || time.exchange(previous, least)) return
  }
}

/** What is to be waited for at a lower rate takes less time at a higher one. */
function shorten(time: SharedTime, now: number, factor: number): void {
  for (;;) {
    const previous = time.get()
    if (previous <= now || time.exchange(previous, now + Math.round((previous - now) * factor))) return
  }
}

function microseconds(ms: number): number {
  return Math.round(ms * 1000)
}
