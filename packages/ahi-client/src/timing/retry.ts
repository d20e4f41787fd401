import type { Clock } from './clock.ts'
import { ServiceFailure } from '../errors/service-failure.ts'
import type { Conflicts } from './conflicts.ts'
import type { Connections } from './connections.ts'
import type { Outage, OutageMark, Probe } from './outage.ts'
import type { Pace } from './pace.ts'
import type { RequestCounter } from './request-counts.ts'

/** Limits of the attempts at one request. */
interface RetryLimits {
  /** Attempts including the first one. Attempts that met a conflict do not count. */
  readonly maxAttempts: number
}

/** The parts that the attempts at a request use. */
export interface RetryContext {
  readonly clock: Clock
  readonly limits: RetryLimits
  readonly pace: Pace
  readonly counter: RequestCounter
  /** Returns the outage of the host that the request goes to. */
  readonly outage: () => Outage
  /** Decides how long the request may keep meeting 409. */
  readonly conflicts: Conflicts
  /** One connection is reserved during each attempt. */
  readonly connections: Connections
  readonly signal: AbortSignal | undefined
}

/** Longest Retry-After that is waited for. If it is longer, the request fails as retryable. */
const longestRetryAfterMs = 60_000
/** Attempts at an address without an answer, or with an answer that is not from AHI. That is seldom temporary. */
const attemptsAtWrongAddress = 3

/**
 * One attempt. Its connection is released when it ends. An attempt that calls `keepConnection` keeps the connection,
 * and releases it by the returned function.
 */
type Attempt<T> = (keepConnection: () => () => void) => Promise<T>

/** Repeats one request. All its attempts count against one limit. Only a {@link ServiceFailure} is repeated. */
export interface Retries {
  /**
   * Calls `attempt` until it succeeds, fails for good, or reaches a limit. Then throws the error of the last attempt.
   * No connection is reserved between attempts.
   */
  run<T>(attempt: Attempt<T>): Promise<T>
  /** Waits before the next attempt. Throws `error` if there must be none. */
  backOff(error: unknown): Promise<void>
}

/** Creates the retries of one request. */
export function createRetries(context: RetryContext): Retries {
  const { clock, counter, signal } = context
  const history: History = { sent: 0, attempts: 0, conflict: undefined, hasRenewedCredentials: false, round: 0 }

  async function backOff(error: unknown): Promise<void> {
    signal?.throwIfAborted()
    if (!(error instanceof ServiceFailure)) throw error
    // The service is away: the next attempt waits until it is back, and this one does not count.
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

/**
 * Returns true if the service itself answered, for example refused or throttled the request. Answers of a proxy do not
 * count.
 */
function isAnswer({ statusCode = 500, isMisdirected }: ServiceFailure): boolean {
  return statusCode < 500 && statusCode !== 408 && !isMisdirected
}

interface History extends OutageMark {
  sent: number
  attempts: number
  /** Time of the first conflict in milliseconds of the clock, and how long the request may wait from then on. */
  conflict: { readonly since: number; readonly allowanceMs: number } | undefined
  hasRenewedCredentials: boolean
}

/** Returns the milliseconds until the next attempt. `undefined` if there must be none. */
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
  // Throttling may last longer, but its first pauses can be short, because the pace corrects the rate.
  const factor = failure.code === 'AHI_THROTTLED' ? 2.5 : 2
  // Full jitter, as AWS recommends: callers that failed together do not retry together. Eight attempts take 13 s on
  // average (26 s if throttled), so that one or two callers alone outlast a short outage.
  return retryAfterMs + context.clock.random() * Math.min(20_000, 200 * factor ** (history.attempts - 1))
}

/** Repeats at once with new credentials, but only once, because a provider may return the same ones again. */
function delayForCredentials(history: History, { limits }: RetryContext): number | undefined {
  history.hasRenewedCredentials = true
  history.attempts += 1
  return history.attempts < limits.maxAttempts ? 0 : undefined
}

/**
 * Returns the delay after a 409, which AHI answers while it imports or changes an image set. The SDK never repeats it.
 */
function delayAfterConflict(failure: ServiceFailure, history: History, context: RetryContext): number | undefined {
  const { clock, conflicts } = context
  const now = clock.now()
  history.conflict ??= { since: now, allowanceMs: conflicts.allowanceMs() }
  const { since, allowanceMs } = history.conflict
  const waitedMs = now - since
  // Wait for a quarter to half of the time waited so far: steps grow, and the end of a short import is noticed early.
  const stepMs = Math.min(10_000, Math.max(500, waitedMs / 2)) * (0.5 + clock.random() / 2)
  const delayMs = Math.max(stepMs, failure.retryAfterMs ?? 0)
  if (waitedMs + delayMs <= allowanceMs) return delayMs
  if (waitedMs > 0) conflicts.waitedInVain()
  return undefined
}
