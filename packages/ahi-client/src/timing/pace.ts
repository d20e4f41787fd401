import type { Quota } from '../model/documented-quotas.ts'
import type { Clock } from './clock.ts'
import { createLimiter } from './limiter.ts'
import { createRateControl, rateControlByteLength } from './rate-control.ts'
import { type SharedTime, sharedTime } from './shared-words.ts'

/**
 * Part of the documented burst that is used. The rest is for requests that arrive closer together than they started.
 */
const usedBurst = 0.95
/** A rate or limit set by the caller has no burst. A late start may be made up for within this time. */
const catchUpUs = 100_000
/** Pause after the rate was lowered, so that the service recovers some of its burst. */
const restUs = 200_000

/** While the rate is limited, a waiting request checks this often whether the limit has risen. */
const checkUs = 250_000

/** Size of a pace in shared memory, in bytes. */
export const paceByteLength: number = 2 * 8 + rateControlByteLength

/**
 * Starts the requests of one operation at its rate, for all callers of a client and all threads that share its memory.
 * Each operation has its own pace, because AHI has a quota per operation (GetImageFrame 1000/s, GetImageSetMetadata
 * 50/s, ...). The rate starts at the documented quota and follows the answers of the service, see `rate-control.ts`.
 */
export interface Pace {
  /**
   * Waits for the turn of one request. Returns `undefined` if it may start now. Rejects with the reason of `signal`.
   */
  turn(signal: AbortSignal | undefined): Promise<void> | undefined
  /** Records that the service accepted a request that started at `startedAt` (time of the clock). */
  accepted(startedAt: number): void
  /**
   * Records that the service throttled a request that started at `startedAt`. Its turn is given back, because a
   * throttled request does not use the quota.
   */
  throttled(startedAt: number): void
  /** Starts no request for `ms` milliseconds, because the service asked for it. */
  pause(ms: number): void
  /**
   * Limits the rate to this many requests per second at once, without a burst, in all threads. `undefined` removes the
   * limit.
   */
  limit(rate: number | undefined): void
}

/** Options of {@link createPace}. */
export interface PaceOptions {
  readonly clock: Clock
  /** The quota to start with. */
  readonly quota: Quota
  /** Most requests per second. Default: no limit. */
  readonly maxRate?: number | undefined
  /** Shared memory, filled with zeros at first. Default: new memory. */
  readonly memory?: SharedArrayBuffer | undefined
  readonly byteOffset?: number | undefined
  /** Called before each wait for a turn. */
  readonly onWait?: ((now: number, ms: number) => void) | undefined
}

/**
 * Creates the pace that is kept in these bytes of `memory`. The clock must have the same origin in all threads.
 *
 * The pace is a token bucket, stored as the time when the bucket will be full (generic cell rate algorithm). It uses no
 * lock that a killed thread could leave behind: each word is changed by one atomic operation. A reader may see two
 * related words when only one has changed. Then the rate is wrong for a moment.
 */
export function createPace(options: PaceOptions): Pace {
  const { clock, quota, maxRate, byteOffset = 0, onWait } = options
  const memory = options.memory ?? new SharedArrayBuffer(paceByteLength)
  const fullAt = sharedTime(memory, byteOffset)
  /** End of the pause that the service asked for. */
  const pausedUntil = sharedTime(memory, byteOffset + 8)
  const control = createRateControl({ rate: quota.rate, maxRate, memory, byteOffset: byteOffset + 16 })
  /**
   * In each thread, only one request holds a turn and waits for it. The others take theirs later, at the rate of that
   * time.
   */
  const queue = createLimiter(1)
  const ownBurstUs = maxRate === undefined ? ((usedBurst * quota.burst) / quota.rate) * 1e6 : catchUpUs

  function spacing(): number {
    return Math.round(1e6 / control.rate())
  }

  /**
   * Returns how long before `fullAt` a request may start. The bucket is empty when it lacks the whole burst. It always
   * holds at least one request.
   */
  function emptyFor(us: number): number {
    return Math.max(0, Math.round((control.isLimited() ? catchUpUs : ownBurstUs) - us))
  }

  /** Takes the next turn and returns its time. */
  function takeTurn(now: number): number {
    const us = spacing()
    return take(fullAt, now, us) - emptyFor(us)
  }

  async function wait(us: number, signal: AbortSignal | undefined): Promise<void> {
    onWait?.(clock.now(), us / 1000)
    await clock.wait(us / 1000, signal)
  }

  /** Waits for a turn that was taken at `now`. If the limit rises during the wait, it takes an earlier turn. */
  async function waitUntil(at: number, now: number, signal: AbortSignal | undefined): Promise<void> {
    control.waits()
    let left = at - now
    let us = spacing()
    while (left > checkUs && control.isLimited()) {
      await wait(checkUs, signal)
      left -= checkUs
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

  /** Starts nothing before `time`, and leaves no burst for then. */
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

/** Raises `time` to `least` if it is earlier, then adds `us`. Returns the raised time before the addition. */
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

/** Shortens the remaining wait by `factor`, because the rate is now higher. */
function shorten(time: SharedTime, now: number, factor: number): void {
  for (;;) {
    const previous = time.get()
    if (previous <= now || time.exchange(previous, now + Math.round((previous - now) * factor))) return
  }
}

function microseconds(ms: number): number {
  return Math.round(ms * 1000)
}
