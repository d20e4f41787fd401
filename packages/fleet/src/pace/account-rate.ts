/** The rate that the account takes of one operation, as the workers know it together. Times are in milliseconds. */
export interface AccountRate {
  /** Answers are judged from then on. */
  readonly since: number
  /** The counts of then; undefined until somebody looks at them. */
  readonly counts?: AnswerCounts | undefined
  /** Share of all answers that are throttled whatever the rate is. */
  readonly usual: number
  /** Set while it is below the quota. */
  readonly lowered?: LoweredRate | undefined
}

/** Answers of all workers so far. */
export interface AnswerCounts {
  readonly requests: number
  readonly throttled: number
}

/** A rate below the quota, and how it came to that. Rates are in requests a second. */
export interface LoweredRate {
  readonly rate: number
  /** The rate before the first of the cuts in a row that did not help. */
  readonly before: number
  /** Number of these cuts. */
  readonly unhelped: number
  /** Requests a second that the service accepted before the last cut. */
  readonly served: number
  /** Share of throttles among the answers that were judged last. */
  readonly share: number
  /** Until this time the rate does not grow above `served`. */
  readonly heldUntil: number
  /** How often growth above `served` has led to throttles. Each time doubles the wait before the next growth. */
  readonly vain: number
}

/** The counts of all workers at one moment. */
export interface Observation extends AnswerCounts {
  readonly now: number
  /** Whether any worker waits. */
  readonly isWaitedFor: boolean
}

/** Answers of one second are judged together if they are at least this many. Fewer are collected for up to five seconds. */
const windowMs = 1000
const enoughAnswers = 100
const longestWindowMs = 5000
/** With so large a share of throttles, fewer answers are enough. */
const alarmingShare = 0.1
/** Share of throttles, beyond the usual share, that does not lower the rate. */
const toleratedShare = 0.02
const cut = 0.9
/** The count of accepted requests includes a burst that the service had saved up before the window. */
const belowServed = 0.98
/** One cut lowers the rate by half at most. */
const deepestCut = 0.5
/** The rate is not lowered below this share of the quota, so that recovery is noticed. */
const leastShare = 0.001
/** Until all workers keep a lower rate, and requests that started before are answered. */
const settleMs = 1000
/** A cut has not helped if the share of throttles stays between these parts of the share before it. After two such cuts the
 * throttles are taken to come from something else than the rate. */
const leastAlike = 0.7
const mostAlike = 1.4
const cutsInVain = 2
const mostUsual = 0.5
/** The usual share is a mean over about this many answers. */
const usualAnswers = 2000
/** Growth in each window without many throttles: up to `served`, a little above it, and far above it. */
const growth = 1.05
const growthNear = 1.01
const near = 1.25
const growthFar = 1.08
/** How long the rate does not grow above `served` after a cut, in milliseconds. */
const firstHoldMs = 20_000
const mostDoublings = 4

/** Returns the rate in requests a second, at most the quota. */
export function rateOf(state: AccountRate | undefined, quota: number): number {
  return Math.min(quota, Math.max(quota * leastShare, state?.lowered?.rate ?? quota))
}

/**
 * Returns the rate after an observation; `state` itself if the rate stays. Workers that observe the same come to the same
 * rate. Clearly more than 2 % of throttles lower it by a tenth, or by up to half if more is throttled, and at most once a
 * second. If that does not help, the throttles come whatever the rate: then it is raised again. It grows back to the rate
 * that the service accepted, and later slowly to the quota.
 */
export function judged(state: AccountRate | undefined, seen: Observation, quota: number): AccountRate {
  const { now } = seen
  const counts = { requests: seen.requests, throttled: seen.throttled }
  if (state === undefined) return { since: now, counts, usual: 0 }
  // The counts or the clock began anew: Redis lost its memory, or another server took over.
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

/** Returns how many cuts in a row have not helped, by the share of throttles now. */
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

/** Returns whether the throttles are more than the expected ones and chance (two standard deviations). */
function isBeyondChance(throttled: number, expected: number): boolean {
  return throttled > expected + 2 * Math.sqrt(expected)
}
