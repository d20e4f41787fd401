/**
 * The request rate of one operation that AHI accepts from the account, as all workers estimate it together. Times are in
 * milliseconds.
 */
export interface AccountRate {
  /** Start of the window of answers that is judged next. */
  readonly since: number
  /** The counts at `since`. Undefined until a worker observes them. */
  readonly counts?: AnswerCounts | undefined
  /** Share of answers that are throttled at any rate, 0 to 1. */
  readonly usual: number
  /** Set while the rate is below the quota. */
  readonly lowered?: LoweredRate | undefined
}

/** Requests that were answered and answers that were throttles, summed over all workers. */
export interface AnswerCounts {
  readonly requests: number
  readonly throttled: number
}

/** A rate below the quota, and its history. Rates are in requests per second. */
export interface LoweredRate {
  readonly rate: number
  /** The rate before the last cut, or before the first of several cuts in a row that did not help. */
  readonly before: number
  /** Number of cuts in a row that did not help. */
  readonly unhelped: number
  /** Requests per second that the service accepted before the last cut. */
  readonly served: number
  /** Share of throttles that led to the last cut, 0 to 1. Reset to 0 by a window with few throttles. */
  readonly share: number
  /** Until this time the rate does not grow above `served`. */
  readonly heldUntil: number
  /** How often growth above `served` has led to throttles. Each time doubles the wait before the next growth. */
  readonly vain: number
}

/** The counts of all workers at one moment. */
export interface Observation extends AnswerCounts {
  /** Milliseconds, by the clock of the store. */
  readonly now: number
  /** Whether requests of any worker wait for their turn. */
  readonly isWaitedFor: boolean
}

/** A window of one second is judged if it has this many answers. Smaller windows grow up to five seconds. */
const windowMs = 1000
const enoughAnswers = 100
const longestWindowMs = 5000
/** If throttles clearly exceed this share, fewer answers are enough. */
const alarmingShare = 0.1
/** Share of throttles, beyond the usual share, that does not lower the rate. */
const toleratedShare = 0.02
/** A cut lowers the rate to at most this share of it. */
const cut = 0.9
/** The count of accepted requests includes a burst that the service had saved up before the window. */
const belowServed = 0.98
/** A single cut lowers the rate by half at most. */
const deepestCut = 0.5
/** The rate stays above this share of the quota, so that recovery is noticed. */
const leastShare = 0.001
/** After a cut, time until all workers keep the lower rate and earlier requests are answered. */
const settleMs = 1000
/**
 * A cut has not helped if the new share of throttles is between these multiples of the share before. After two cuts in a
 * row that did not help, the throttles are assumed not to depend on the rate.
 */
const leastAlike = 0.7
const mostAlike = 1.4
const cutsInVain = 2
/** The largest usual share. */
const mostUsual = 0.5
/** The usual share is a mean over about this many answers. */
const usualAnswers = 2000
/** Growth of the rate per window with few throttles, as factors: up to `served`, just above it, and far above it. */
const growth = 1.05
const growthNear = 1.01
const near = 1.25
const growthFar = 1.08
/** Milliseconds after a cut before the rate may grow above `served`. Doubled at most `mostDoublings` times. */
const firstHoldMs = 20_000
const mostDoublings = 4

/** Returns the rate in requests per second, at most the quota. */
export function rateOf(state: AccountRate | undefined, quota: number): number {
  return Math.min(quota, Math.max(quota * leastShare, state?.lowered?.rate ?? quota))
}

/**
 * Returns the state after an observation, or the same `state` object if the window cannot be judged yet. Workers with the
 * same observation compute the same state.
 *
 * If throttles clearly exceed 2 %, the rate drops by a tenth, or by up to half if more requests are throttled. It drops at
 * most once a second. If two drops do not help, the throttles do not depend on the rate, and the earlier rate is restored.
 * Later the rate grows back to the rate that the service accepted, and then slowly to the quota.
 */
export function judged(state: AccountRate | undefined, seen: Observation, quota: number): AccountRate {
  const { now } = seen
  const counts = { requests: seen.requests, throttled: seen.throttled }
  if (state === undefined) return { since: now, counts, usual: 0 }
  // The counts or the clock were reset: Redis lost its data, or another server took over.
  if (state.since > now + settleMs || isBefore(counts, state.counts)) return begunAnew(state, now, counts)
  if (now < state.since) return state
  if (state.counts === undefined) return { ...state, since: now, counts }
  const elapsed = now - state.since
  const requests = counts.requests - state.counts.requests
  const throttled = Math.min(requests, counts.throttled - state.counts.throttled)
  if (!isLongEnough(elapsed, requests, throttled)) return state
  const share = requests === 0 ? 0 : throttled / requests
  const next = { ...state, since: now, counts }
  if (!isBeyondChance(throttled, requests * (state.usual + toleratedShare))) {
    const weight = requests / (requests + usualAnswers)
    const usual = Math.min(state.usual, state.usual + weight * (share - state.usual))
    return { ...next, usual, lowered: grown(state.lowered, seen, quota) }
  }
  if (unhelpedBy(state, share) >= cutsInVain) {
    return { ...next, usual: Math.min(mostUsual, share), lowered: restored(state.lowered, quota) }
  }
  return lowered(state, { now, share, perSecond: ((requests - throttled) * 1000) / elapsed }, quota)
}

function begunAnew({ usual, lowered }: AccountRate, now: number, counts: AnswerCounts): AccountRate {
  return { since: now, counts, usual, lowered: lowered && { ...lowered, heldUntil: now } }
}

function isLongEnough(elapsed: number, requests: number, throttled: number): boolean {
  if (elapsed < windowMs) return false
  return requests >= enoughAnswers || elapsed >= longestWindowMs || isBeyondChance(throttled, requests * alarmingShare)
}

/** Returns how many cuts in a row have not helped, judged by the current share of throttles. */
function unhelpedBy({ lowered, usual }: AccountRate, share: number): number {
  if (lowered === undefined) return 0
  const [now, before] = [share - usual, lowered.share - usual]
  return now > before * leastAlike && now < before * mostAlike ? lowered.unhelped + 1 : 0
}

function restored(state: LoweredRate | undefined, quota: number): LoweredRate | undefined {
  if (state === undefined || state.before >= quota) return undefined
  return { ...state, rate: state.before, served: state.before, unhelped: 0, share: 0 }
}

function lowered(
  state: AccountRate,
  { now, share, perSecond }: { readonly now: number; readonly share: number; readonly perSecond: number },
  quota: number,
): AccountRate {
  const before = rateOf(state, quota)
  const served = belowServed * Math.min(before, Math.max(perSecond, before * (1 - share)))
  const rate = Math.max(quota * leastShare, Math.min(before * cut, Math.max(before * deepestCut, served)))
  const last = state.lowered
  const isVain = last !== undefined && before > last.served
  const vain = Math.min(mostDoublings, (last?.vain ?? 0) + (isVain ? 1 : 0))
  const heldUntil = now + firstHoldMs * 2 ** vain
  const unhelped = unhelpedBy(state, share)
  const first = unhelped > 0 ? (last?.before ?? before) : before
  return {
    since: now + settleMs,
    usual: state.usual,
    lowered: { rate, before: first, unhelped, served, share, heldUntil, vain },
  }
}

function grown(
  state: LoweredRate | undefined,
  { now, isWaitedFor }: Observation,
  quota: number,
): LoweredRate | undefined {
  if (state === undefined) return undefined
  const { rate, served, heldUntil } = state
  const well = { ...state, unhelped: 0, share: 0 }
  if (rate < served) return { ...well, rate: Math.min(served, rate * growth) }
  if (now < heldUntil || !isWaitedFor) return well
  const next = rate * (rate < served * near ? growthNear : growthFar)
  return next >= quota ? undefined : { ...well, rate: next }
}

function isBefore(counts: AnswerCounts, other: AnswerCounts | undefined): boolean {
  return other !== undefined && (counts.requests < other.requests || counts.throttled < other.throttled)
}

/** Returns whether there are more throttles than expected, by over two standard deviations. */
function isBeyondChance(throttled: number, expected: number): boolean {
  return throttled > expected + 2 * Math.sqrt(expected)
}
