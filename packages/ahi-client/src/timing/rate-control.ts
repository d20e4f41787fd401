import { type SharedCount, sharedCount, type SharedTime, sharedTime } from './shared-words.ts'

/** Answers are judged together over this time, if they are this many. */
const windowUs = 1_000_000
const fewestAnswers = 10
/** A slow operation is judged by fewer after this time. */
const longestWindowUs = 10_000_000
/** So many throttles are judged at once. */
const alarmingThrottles = 16
/** A burst of answers is judged as if it had taken at least this long. */
const leastWindowUs = 100_000
/**
 * Of all answers, the throttles that the documented rate is kept for. Throttles that come whatever the rate (other users
 * of the account, a service under load) would else lower it without end.
 */
const toleratedShare = 0.1
/** What is left of a rate above the documented one after a throttle. */
const cut = 0.85
/** A rate below the documented one is lowered to what the service took, and a little less. */
const belowAccepted = 0.95
/** The rate is not lowered below one request in two seconds, so that recovery is always noticed. */
const leastPer1000s = 500
/** First growth in percent. It doubles with each window up to the most. */
const firstGrowth = 2
const mostGrowth = 16
/** The rate does not grow for this long after it was lowered. It doubles each time that growth has led to a throttle. */
const firstHoldUs = 10_000_000
const mostHoldDoublings = 5

/** Bytes of a rate control in shared memory. */
export const rateControlByteLength: number = 3 * 8 + 8 * 4

/** The rate that the service takes of one operation. Times are in microseconds. */
export interface RateControl {
  /** Requests a second. */
  rate(): number
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
 * Above the documented rate one throttle lowers it, down to the documented one. From there on a window of answers decides:
 * if clearly more than a tenth of them are throttles, the rate becomes what the service took. Without throttles the rate
 * grows, also above the documented one, since AWS raises quotas on request.
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

  function per1000s(): number {
    return current.get() || documented
  }

  /** Returns whether the window is over, and this caller is the one that ends it. */
  function endsWindow(now: number): boolean {
    const start = windowStart.get()
    const elapsed = now - start
    const answers = accepted.get() + throttled.get()
    const isAlarming = throttled.get() >= (per1000s() > documented ? 1 : alarmingThrottles)
    const isLong = elapsed >= windowUs && (answers >= fewestAnswers || elapsed >= longestWindowUs)
    return (isAlarming || isLong) && windowStart.exchange(start, now)
  }

  function judge(now: number, elapsed: number): Verdict {
    const [taken, refused, waited] = [accepted.take(), throttled.take(), waiting.take()]
    const answers = taken + refused
    const before = per1000s()
    if (before > documented ? refused > 0 : isTooMany(refused, answers)) {
      const served = Math.max((taken * 1e9) / Math.max(elapsed, leastWindowUs), (before * taken) / answers)
      const lowered =
        before > documented ? Math.max(documented, before * cut) : Math.min(before, served) * belowAccepted
      lower(now, before, lowered)
      return 'lowered'
    }
    const mayGrow = refused === 0 || before < documented
    if (mayGrow && waited > 0 && now >= heldUntil.get()) grow(before)
    return 'kept'
  }

  function lower(now: number, before: number, lowered: number): void {
    if (growths.take() > 0) doublings.set(Math.min(mostHoldDoublings, doublings.get() + 1))
    tooMuch.set(before)
    growth.set(0)
    current.set(Math.max(Math.min(leastPer1000s, documented), Math.round(lowered)))
    replace(loweredAt, now)
    replace(heldUntil, now + firstHoldUs * 2 ** doublings.get())
  }

  function grow(before: number): void {
    const percent = Math.min(mostGrowth, growth.get() === 0 ? firstGrowth : growth.get() * 2)
    const grown = Math.min(most, Math.ceil(before * (1 + percent / 100)))
    if (grown === before) return
    growth.set(percent)
    growths.add(1)
    current.set(before < documented ? Math.min(documented, grown) : grown)
    if (grown > tooMuch.get() * 1.1) doublings.set(0)
  }

  return {
    rate: () => per1000s() / 1000,
    starts: (now) => {
      const start = windowStart.get()
      // What happened before a time without answers is no part of the window.
      const isIdle = now - start > windowUs && accepted.get() + throttled.get() === 0
      if (start === 0 || isIdle) windowStart.exchange(start, now)
    },
    waits: () => waiting.set(1),
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

/** Returns whether the throttles are more than the tolerated share beyond chance (two standard deviations). */
function isTooMany(refused: number, answers: number): boolean {
  const tolerated = answers * toleratedShare
  return refused > tolerated + 2 * Math.sqrt(tolerated)
}

function replace(time: SharedTime, us: number): void {
  for (let previous = time.get(); !time.exchange(previous, us); previous = time.get());
}
