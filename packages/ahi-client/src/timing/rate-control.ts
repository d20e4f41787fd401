import { type SharedCount, sharedCount, sharedTime } from './shared-words.ts'

/** Answers are judged together over this time, if they are this many. */
const windowUs = 1_000_000
const fewestAnswers = 10
/** A slow operation is judged by fewer after this time. */
const longestWindowUs = 10_000_000
/** At a rate that is not being tried, so many throttles are judged at once. */
const alarmingThrottles = 16
/** A burst of answers is judged as if it had taken at least this long. */
const leastWindowUs = 100_000
/**
 * Of all answers, the throttles that the sure rate is kept for. Throttles that come whatever the rate (other users of the
 * account, a service under load) would else lower it without end.
 */
const toleratedShare = 0.1
/** What is left of a rate that was tried and is too much, if it is far above the sure one. */
const cut = 0.9
/** A sure rate is lowered to what the service took, and a little less. */
const belowAccepted = 0.95
/** The rate is not lowered below one request in two seconds, so that recovery is always noticed. */
const leastPer1000s = 500
/** First growth in percent. It doubles with each window up to the most. */
const firstGrowth = 2
const mostGrowth = 16
/** So near to a rate that may be the limit, it grows slowly: then one throttle, and not many, shows the limit. */
const near = 1.25
const mostGrowthNear = 4
/** How much the last window counts for the share of throttles that come at any rate. */
const newestWeight = 0.25
/** A rate that was lowered below a limit from outside grows back by this share of the limit with each window. */
const regrowth = 0.1
/** The rate does not grow for this long after it was lowered. It doubles each time that growth has led to a throttle. */
const firstHoldUs = 20_000_000
const mostHoldDoublings = 5

/** Bytes of a rate control in shared memory. */
export const rateControlByteLength: number = 3 * 8 + 12 * 4

/** The rate that the service takes of one operation. Times are in microseconds. */
export interface RateControl {
  /** Requests a second. */
  rate(): number
  /** Whether {@link limit} is set. */
  isLimited(): boolean
  /**
   * Bounds the rate from outside by so many requests a second, until the next call; undefined: not at all. Threads that
   * share the memory are bounded too.
   */
  limit(rate: number | undefined): void
  /** A request asks for its turn. */
  starts(now: number): void
  /** A request has to wait for its turn. The rate grows only if that happens. */
  waits(): void
  /** Notes an answer to a request that started at `startedAt`. */
  note(startedAt: number, now: number, answer: { readonly isThrottled: boolean }): Verdict
}

/** Of an answer: it says nothing about the present rate, agrees with it, or lowered it. */
type Verdict = 'outdated' | 'kept' | 'lowered'

/** Options of {@link createRateControl}. */
interface RateControlOptions {
  /** The documented rate, with which it begins. */
  readonly rate: number
  readonly maxRate: number | undefined
  readonly memory: SharedArrayBuffer
  readonly byteOffset: number
}

/**
 * Makes the control that is kept in these bytes of `memory`, which begin with zeros. Threads may share it.
 *
 * The documented rate is sure: it is kept unless clearly more than a tenth of a window of answers are throttles. Then it
 * becomes what the service took, which is sure from there on. The share of throttles at the sure rate tells how many come
 * at any rate. While there are not more, higher rates are tried, also above the documented one, since AWS raises quotas on
 * request. If there are more than that share and chance explain, the rate is taken back, down to the sure one.
 *
 * Who sets a limit knows more than the answers here tell: others use the quota too, and their requests may have caused the
 * throttles. While a limit below the own rate holds, nothing is learned. If it lets through clearly too much, the rate is
 * lowered for some windows, and grows back to the limit; the own rate stays for the time after the limit.
 */
export function createRateControl({ rate, maxRate, memory, byteOffset }: RateControlOptions): RateControl {
  const most = maxRate === undefined ? 2 ** 31 - 1 : Math.max(1, Math.floor(maxRate * 1000))
  const documented = Math.min(most, Math.round(rate * 1000))
  const windowStart = sharedTime(memory, byteOffset)
  const loweredAt = sharedTime(memory, byteOffset + 8)
  const heldUntil = sharedTime(memory, byteOffset + 16)
  const count = (index: number): SharedCount => sharedCount(memory, byteOffset + 24 + 4 * index)
  /** Requests in 1000 s; 0 before it was changed. */
  const current = count(0)
  const accepted = count(1)
  const throttled = count(2)
  /** Whether a request had to wait in this window. */
  const waiting = count(3)
  /** Percent of the last growth. */
  const growth = count(4)
  /** Growths since the rate was lowered. */
  const growths = count(5)
  const doublings = count(6)
  /** The rate that was too much. */
  const tooMuch = count(7)
  /** The sure rate, as `current`. */
  const sure = count(8)
  /** Of 10,000 answers at the sure rate, the throttles, and 1; 0 while that is not known. */
  const usual = count(9)
  /** The limit from outside, as `current`; 0 without one. */
  const limited = count(10)
  /** A rate below the limit, as `current`; 0 while the limit itself is kept. */
  const eased = count(11)

  function ownPer1000s(): number {
    return current.get() || documented
  }

  /** Whether the limit from outside, and not the own rate, decides. */
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

  /** Returns whether the window is over, and this caller is the one that ends it. */
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
      // A rate that has been taken back is below the limit. What comes while it grows must not become usual.
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
      // What happened under the limit tells nothing about the own rate.
      for (const word of [eased, accepted, throttled, waiting]) word.set(0)
    },
    starts: (now) => {
      const start = windowStart.get()
      // What happened before a time without answers is no part of the window.
      const isIdle = now - start > windowUs && accepted.get() + throttled.get() === 0
      if (start === 0 || isIdle) windowStart.exchange(start, now)
    },
    waits: () => {
      if (!isBound()) waiting.set(1)
    },
    note: (startedAt, now, { isThrottled }) => {
      // What started before the rate was lowered tells nothing about the rate since.
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

/** Returns whether clearly more were refused than a rate is kept for. */
function isTooMuch({ taken, refused }: Answers): boolean {
  return isBeyondChance(refused, (taken + refused) * toleratedShare)
}

/** Returns a little less than what the service took, in requests of 1000 s. */
function served(before: number, elapsed: number, { taken, refused }: Answers): number {
  const most = Math.max((taken * 1e9) / Math.max(elapsed, leastWindowUs), (before * taken) / (taken + refused))
  return Math.min(before, most) * belowAccepted
}

/** Returns whether the throttles are more than the expected ones and chance (two standard deviations). */
function isBeyondChance(refused: number, expected: number): boolean {
  return refused > expected + 2 * Math.sqrt(expected)
}

function isAbout(rate: number, other: number): boolean {
  return rate * near > other && rate < other * near
}
