import type { Clock } from './clock.ts'
import { ServiceFailure } from '../errors/service-failure.ts'
import type { Conflicts } from './conflicts.ts'
import type { Connections } from './connections.ts'
import type { Outage, OutageMark, Probe } from './outage.ts'
import type { Pace } from './pace.ts'
import type { RequestCounter } from './request-counts.ts'

/** What bounds the attempts at one request. */
interface RetryLimits {
  /** Attempts in all, the first one included; those that met a conflict are not counted. */
  readonly maxAttempts: number
}

/** What the attempts of one request go through. */
export interface RetryContext {
  readonly clock: Clock
  readonly limits: RetryLimits
  readonly pace: Pace
  readonly counter: RequestCounter
  /** Returns the outage of the host that the request goes to. */
  readonly outage: () => Outage
  /** How long the request may go on meeting 409. */
  readonly conflicts: Conflicts
  /** One of it is reserved for the time of an attempt. */
  readonly connections: Connections
  readonly signal: AbortSignal | undefined
}

/** A longer Retry-After is not waited for: the request fails, retryable. */
const longestRetryAfterMs = 60_000
/** An address that nobody answers at, or somebody else than AHI, is seldom a passing state. */
const attemptsAtWrongAddress = 3

/**
 * One attempt. Its connection is released when it is over. An attempt that calls `keepConnection` releases it itself,
 * by the function that it gets.
 */
type Attempt<T> = (keepConnection: () => () => void) => Promise<T>

/** The attempts at one request, whose number is bounded together. Only a {@link ServiceFailure} is ever repeated. */
export interface Retries {
  /**
   * Calls `attempt` until it succeeds, meets what cannot be repeated, or the limits are reached; then throws what the
   * last attempt threw. No connection is reserved while it waits.
   */
  run<T>(attempt: Attempt<T>): Promise<T>
  /** Waits before another attempt after one that failed with `error`; throws that when there is to be none. */
  backOff(error: unknown): Promise<void>
}

/** Makes the attempts at one request. */
export function createRetries(context: RetryContext): Retries {
  const { clock, counter, signal } = context
  const history: History = { sent: 0, attempts: 0, conflict: undefined, hasRenewedCredentials: false, round: 0 }

  async function backOff(error: unknown): Promise<void> {
    signal?.throwIfAborted()
    if (!(error instanceof ServiceFailure)) throw error
    // The next attempt waits until the service is back. This one does not count.
    if (context.outage().failed(error, history)) return
    const delayMs = delayBeforeRetry(error, history, context)
    if (delayMs === undefined) throw error
    counter.waits(clock.now(), delayMs)
    await clock.wait(delayMs, signal)
  }

  return {
    run: async (attempt) => {
      for (;;) {
        try {
          return await oneAttempt(attempt, history, context)
        } catch (error) {
          await backOff(error)
        }
      }
    },
    backOff,
  }
}

async function oneAttempt<T>(attempt: Attempt<T>, history: History, context: RetryContext): Promise<T> {
  const { clock, pace, counter, connections, signal } = context
  const connection = await connections.reserve(1, { signal })
  let isKept = false
  const keepConnection = (): (() => void) => {
    isKept = true
    return () => connection.release()
  }
  let probe: Probe | undefined
  try {
    const admission = context.outage().admission(signal)
    if (admission !== undefined) probe = await admission
    const turn = pace.turn(signal)
    if (turn !== undefined) {
      connections.paced()
      await turn
    }
    const startedAt = clock.now()
    counter.sent({ isRepeated: history.sent > 0 })
    history.sent += 1
    try {
      const result = await attempt(keepConnection)
      context.outage().answered(startedAt)
      pace.accepted(startedAt)
      return result
    } catch (error) {
      if (error instanceof ServiceFailure) noteFailure(error, startedAt, context)
      throw error
    }
  } finally {
    probe?.end()
    if (!isKept) connection.release()
  }
}

function noteFailure(failure: ServiceFailure, startedAt: number, { pace, counter, outage }: RetryContext): void {
  if (isAnswer(failure)) outage().answered(startedAt)
  if (failure.code === 'AHI_THROTTLED') {
    counter.throttled()
    pace.throttled(startedAt)
  } else if (failure.statusCode !== undefined) pace.accepted(startedAt)
  if (failure.retryAfterMs !== undefined) pace.pause(Math.min(failure.retryAfterMs, longestRetryAfterMs))
}

/** Whether the service is there: it refused the request, or throttled it. What a proxy answers tells nothing of it. */
function isAnswer({ statusCode = 500, isMisdirected }: ServiceFailure): boolean {
  return statusCode < 500 && statusCode !== 408 && !isMisdirected
}

interface History extends OutageMark {
  /** Requests sent. */
  sent: number
  attempts: number
  /** The first one, in milliseconds of the clock, and how long it may last. */
  conflict: { readonly since: number; readonly allowanceMs: number } | undefined
  hasRenewedCredentials: boolean
}

/** Milliseconds until the next attempt; `undefined` when there is to be none. */
function delayBeforeRetry(failure: ServiceFailure, history: History, context: RetryContext): number | undefined {
  if (failure.credentialsExpired && !history.hasRenewedCredentials) return delayForCredentials(history, context)
  if (!failure.retryable || failure.code === 'AHI_OUTAGE') return undefined
  if (failure.code === 'AHI_CONFLICT') return delayAfterConflict(failure, history, context)
  history.attempts += 1
  const { maxAttempts } = context.limits
  const isWrongAddress = failure.unreachable || (failure.isMisdirected && !context.outage().isKnown())
  const allowed = isWrongAddress ? Math.min(maxAttempts, attemptsAtWrongAddress) : maxAttempts
  if (history.attempts >= allowed) return undefined
  const retryAfterMs = failure.retryAfterMs ?? 0
  if (retryAfterMs > longestRetryAfterMs) return undefined
  // Throttles may last for longer, but the first ones need no long pause: the pace sees to it that the rate fits.
  const factor = failure.code === 'AHI_THROTTLED' ? 2.5 : 2
  // Full jitter, as AWS recommends: callers that failed together do not come back together. Eight attempts last 13 s on
  // average (26 s of throttles), so that one or two callers alone outlast a short outage.
  return retryAfterMs + context.clock.random() * Math.min(20_000, 200 * factor ** (history.attempts - 1))
}

/** A request is repeated at once with fresh credentials, but only once: a provider may give the same ones again. */
function delayForCredentials(history: History, { limits }: RetryContext): number | undefined {
  history.hasRenewedCredentials = true
  history.attempts += 1
  return history.attempts < limits.maxAttempts ? 0 : undefined
}

/** AHI answers 409 while it imports or changes an image set; the SDK never repeats that. */
function delayAfterConflict(failure: ServiceFailure, history: History, context: RetryContext): number | undefined {
  const { clock, conflicts } = context
  const now = clock.now()
  history.conflict ??= { since: now, allowanceMs: conflicts.allowanceMs() }
  const { since, allowanceMs } = history.conflict
  const waitedMs = now - since
  // Between a quarter and half of the time waited so far: steps grow, and a short wait is noticed early.
  const stepMs = Math.min(10_000, Math.max(500, waitedMs / 2)) * (0.5 + clock.random() / 2)
  const delayMs = Math.max(stepMs, failure.retryAfterMs ?? 0)
  if (waitedMs + delayMs <= allowanceMs) return delayMs
  if (waitedMs > 0) conflicts.waitedInVain()
  return undefined
}
