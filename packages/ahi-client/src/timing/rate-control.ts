import { type SharedCount, sharedCount, sharedTime } from './shared-words.ts'

/** Length of a window: answers are judged together after this time, if there are at least `fewestAnswers`. */
const windowUs = 1_000_000
const fewestAnswers = 10
/** After this time a window is judged even with fewer answers, for slow operations. */
const longestWindowUs = 10_000_000
/** At a rate that is not being tried, this many throttles end the window at once. */
const alarmingThrottles = 16
/** A window counts as at least this long, so that a burst of answers does not look like a high rate. */
const leastWindowUs = 100_000
/**
 * The sure rate is kept up to this share of throttles. Some throttles come at any rate (other users of the account, a
 * service under load). Without tolerance they would lower the rate without end.
 */
const toleratedShare = 0.1
/** Factor for a tried rate that is too high and far above the sure one. */
const cut = 0.9
/** A sure rate is lowered to this part of what the service accepted. */
const belowAccepted = 0.95
/** The lowest rate is one request in two seconds, so that recovery is always noticed. */
const leastPer1000s = 500
/** First growth in percent. It doubles with each window, up to `mostGrowth`. */
const firstGrowth = 2
const mostGrowth = 16
/**
 * Within this factor of a rate that may be the limit, the rate grows slowly. Then the limit shows by one throttle and
 * not by many.
 */
const near = 1.25
const mostGrowthNear = 4
/** Weight of the last window in the usual share of throttles. */
const newestWeight = 0.25
/** A rate that was lowered below a limit from outside grows back by this share of the limit with each window. */
const regrowth = 0.1
/** Time without growth after the rate was lowered. It doubles each time that growth has led to a throttle. */
const firstHoldUs = 20_000_000
const mostHoldDoublings = 5

/** Size of a rate control in shared memory, in bytes. */
export const rateControlByteLength: number = 3 * 8 + 12 * 4

/** Finds the rate that the service accepts for one operation. Times are in microseconds. */
export interface RateControl {
  /** Returns the rate in requests per second. */
  rate(): number
  /** Returns true if {@link limit} is set. */
  isLimited(): boolean
  /**
   * Limits the rate to this many requests per second, until the next call, in all threads that share the memory.
   * `undefined` removes the limit.
   */
  limit(rate: number | undefined): void
  /** Records that a request is about to take its turn. */
  starts(now: number): void
  /** Records that a request must wait for its turn. The rate grows only if requests wait. */
  waits(): void
  /** Records an answer to a request that started at `startedAt`. */
  note(startedAt: number, now: number, answer: { readonly isThrottled: boolean }): Verdict
}

/** The effect of an answer: it says nothing about the current rate, agrees with it, or lowered it. */
type Verdict = 'outdated' | 'kept' | 'lowered'

/** Options of {@link createRateControl}. */
interface RateControlOptions {
  /** The documented rate in requests per second, which is the first rate. */
  readonly rate: number
  readonly maxRate: number | undefined
  readonly memory: SharedArrayBuffer
  readonly byteOffset: number
}

/**
 * Creates the control that is kept in these bytes of `memory`, which are zeros at first. Threads may share it.
 *
 * The control knows a sure rate and tries higher ones:
 *
 * - The sure rate starts as the documented one. It is lowered only if clearly more than a tenth of the answers of a
 *   window are throttles. It then becomes what the service accepted.
 * - The share of throttles at the sure rate is the usual share, which comes at any rate. While no more come, higher
 *   rates are tried, even above the documented one, because AWS raises quotas on request.
 * - If more throttles come than the usual share and chance explain, the rate is lowered again, but not below the sure one.
 *
 * A limit from outside means that other clients use the quota too and may have caused the throttles. So while a limit
 * below the own rate holds, nothing is learned. If clearly too many requests are throttled at the limit, the rate is
 * lowered for some windows and grows back to the limit. The own rate stays unchanged for the time after the limit.
 */
export function createRateControl({ rate, maxRate, memory, byteOffset }: RateControlOptions): RateControl {
  const most = maxRate === undefined ? 2 ** 31 - 1 : Math.max(1, Math.floor(maxRate * 1000))
  const documented = Math.min(most, Math.round(rate * 1000))
  const windowStart = sharedTime(memory, byteOffset)
  const loweredAt = sharedTime(memory, byteOffset + 8)
  const heldUntil = sharedTime(memory, byteOffset + 16)
  const count = (index: number): SharedCount => sharedCount(memory, byteOffset + 24 + 4 * index)
  /** Current rate in requests per 1000 s. 0 until it is first changed. */
  const current = count(0)
  const accepted = count(1)
  const throttled = count(2)
  /** 1 if a request had to wait in this window. */
  const waiting = count(3)
  /** The last growth in percent. */
  const growth = count(4)
  /** Number of growths since the rate was last lowered. */
  const growths = count(5)
  const doublings = count(6)
  /** The last rate that was too high, in requests per 1000 s. */
  const tooMuch = count(7)
  /** The sure rate in requests per 1000 s. 0 until it is first set. */
  const sure = count(8)
  /** Throttles per 10,000 answers at the sure rate, plus 1. 0 while unknown. */
  const usual = count(9)
  /** The limit from outside in requests per 1000 s. 0 without a limit. */
  const limited = count(10)
  /** A lowered rate below the limit, in requests per 1000 s. 0 while the rate is the limit. */
  const eased = count(11)

  function ownPer1000s(): number {
    return current.get() || documented
  }

  /** Returns true if the limit from outside applies, and not the own rate. */
  function isBound(): boolean {
    return limited.get() > 0 && limited.get() <= ownPer1000s()
  }

  function per1000s(): number {
    return isBound() ? Math.min(limited.get(), eased.get() || limited.get()) : ownPer1000s()
  }

  function surePer1000s(): number {
    return sure.get() || documented
  }

  function usualShare(): number {
    return Math.max(0, usual.get() - 1) / 10_000
  }

  /** Returns true if the window is over and this caller is the one that ends it. */
  function endsWindow(now: number): boolean {
    const start = windowStart.get()
    const elapsed = now - start
    const answers = accepted.get() + throttled.get()
    const rate = per1000s()
    const isAlarming =
      rate > surePer1000s() && !isBound()
        ? isBeyondChance(throttled.get(), (rate / 1000) * usualShare())
        : throttled.get() >= alarmingThrottles
    const isLong = elapsed >= windowUs && (answers >= fewestAnswers || elapsed >= longestWindowUs)
    return (isAlarming || isLong) && windowStart.exchange(start, now)
  }

  function judge(now: number, elapsed: number): Verdict {
    const [taken, refused, waited] = [accepted.take(), throttled.take(), waiting.take()]
    const answers = taken + refused
    if (isBound()) return judgeBound(now, elapsed, { taken, refused })
    const before = per1000s()
    const isUnusual = isBeyondChance(refused, answers * usualShare())
    if (before > surePer1000s()) {
      if (isUnusual) return lower(now, before, before < surePer1000s() * near ? surePer1000s() : before * cut)
      // A rate that was just lowered is below the service's limit. Throttles during later growth must not become usual.
      if (now < heldUntil.get()) noteShare(refused / answers)
    } else {
      if (isTooMuch({ taken, refused })) return lowerSure(now, before, served(before, elapsed, { taken, refused }))
      noteShare(refused / answers)
    }
    if (before === documented) sure.set(documented)
    if (waited > 0 && now >= heldUntil.get()) grow(before)
    return 'kept'
  }

  function judgeBound(now: number, elapsed: number, answers: Answers): Verdict {
    const before = per1000s()
    if (isTooMuch(answers)) {
      eased.set(atLeast(served(before, elapsed, answers)))
      loweredAt.set(now)
      return 'lowered'
    }
    const grown = Math.ceil(before + limited.get() * regrowth)
    eased.set(eased.get() > 0 && grown < limited.get() ? grown : 0)
    return 'kept'
  }

  function atLeast(lowered: number): number {
    return Math.max(Math.min(leastPer1000s, documented), Math.round(lowered))
  }

  function noteShare(share: number): void {
    const weight = usual.get() === 0 ? 1 : newestWeight
    usual.set(1 + Math.floor(10_000 * (weight * share + (1 - weight) * usualShare())))
  }

  function lowerSure(now: number, before: number, lowered: number): Verdict {
    const least = atLeast(lowered)
    sure.set(least)
    usual.set(0)
    return lower(now, before, least)
  }

  function lower(now: number, before: number, lowered: number): Verdict {
    if (growths.take() > 0) doublings.set(Math.min(mostHoldDoublings, doublings.get() + 1))
    tooMuch.set(before)
    growth.set(0)
    current.set(Math.round(lowered))
    loweredAt.set(now)
    heldUntil.set(now + firstHoldUs * 2 ** doublings.get())
    return 'lowered'
  }

  function grow(before: number): void {
    const isNear = before < surePer1000s() * near || isAbout(before, tooMuch.get())
    const percent = Math.min(isNear ? mostGrowthNear : mostGrowth, growth.get() === 0 ? firstGrowth : growth.get() * 2)
    const grown = Math.min(most, limited.get() || most, Math.ceil(before * (1 + percent / 100)))
    if (grown <= before) return
    growth.set(percent)
    growths.add(1)
    current.set(before < documented ? Math.min(documented, grown) : grown)
    if (grown > tooMuch.get() * 1.1) doublings.set(0)
  }

  return {
    rate: () => per1000s() / 1000,
    isLimited: () => limited.get() > 0,
    limit: (rate) => {
      if (rate === undefined && limited.get() === 0) return
      limited.set(rate === undefined ? 0 : Math.max(1, Math.round(rate * 1000)))
      if (rate !== undefined) return
      // Answers under the limit say nothing about the own rate.
      for (const word of [eased, accepted, throttled, waiting]) word.set(0)
    },
    starts: (now) => {
      const start = windowStart.get()
      // A pause without answers is not part of the window.
      const isIdle = now - start > windowUs && accepted.get() + throttled.get() === 0
      if (start === 0 || isIdle) windowStart.exchange(start, now)
    },
    waits: () => {
      if (!isBound()) waiting.set(1)
    },
    note: (startedAt, now, { isThrottled }) => {
      // A request from before the rate was lowered says nothing about the new rate.
      if (startedAt < loweredAt.get()) return 'outdated'
      const answers = isThrottled ? throttled : accepted
      answers.add(1)
      const start = windowStart.get()
      return endsWindow(now) ? judge(now, now - start) : 'kept'
    },
  }
}

/** Answers of one window. */
interface Answers {
  readonly taken: number
  readonly refused: number
}

/** Returns true if clearly more than the tolerated share of answers were throttles. */
function isTooMuch({ taken, refused }: Answers): boolean {
  return isBeyondChance(refused, (taken + refused) * toleratedShare)
}

/** Returns a little less than the service accepted, in requests per 1000 s. */
function served(before: number, elapsed: number, { taken, refused }: Answers): number {
  const most = Math.max((taken * 1e9) / Math.max(elapsed, leastWindowUs), (before * taken) / (taken + refused))
  return Math.min(before, most) * belowAccepted
}

/** Returns true if there are more throttles than expected plus two standard deviations. */
function isBeyondChance(refused: number, expected: number): boolean {
  return refused > expected + 2 * Math.sqrt(expected)
}

function isAbout(rate: number, other: number): boolean {
  return rate * near > other && rate < other * near
}
