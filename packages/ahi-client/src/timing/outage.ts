import { ServiceFailure } from '../errors/service-failure.ts'
import type { Clock } from './clock.ts'
import { sharedCount, sharedText, sharedTime } from './shared-words.ts'

/** The service counts as away after this many requests since the last answer broke or met 503. */
const brokenRequests = 3
/** Pause before the first probe. It doubles with each failed probe. */
const firstPauseMs = 100
const longestPauseMs = 5000
/** If Retry-After is longer than this, the service counts as away. */
const shortAwayMs = 60_000
/** A waiting request notices within this time that the service is back. */
const noticedAfterMs = 250

const reasonByteOffset = 40
const reasonByteLength = 120

/** Size of an outage in shared memory, in bytes. */
export const outageByteLength: number = reasonByteOffset + reasonByteLength

/** The failures of one request so far. */
export interface OutageMark {
  /** The last round that counted this request as broken. */
  round: number
}

/** The one request that is sent while the service is away, to find out whether it is back. */
export interface Probe {
  /** Ends the probe. Another request may probe after a pause. */
  end(): void
}

/**
 * Tracks whether one host is away, for all callers of a client and all threads that share its memory. While the host is
 * away, requests wait, and one at a time probes whether it answers again.
 */
export interface Outage {
  /**
   * Admits a request. Returns `undefined` if it may start now. Otherwise resolves with `undefined` when the service is
   * back, or with a probe if this request must find out whether it is back. Rejects with the reason of `signal`, or
   * with a {@link ServiceFailure} if the service has been away for too long.
   */
  admission(signal: AbortSignal | undefined): Promise<Probe | undefined> | undefined
  /** Records an answer to a request that started at `startedAt` (time of the clock). */
  answered(startedAt: number): void
  /**
   * Records a failed attempt. Returns true if the service is away. The attempt then does not count against the request.
   */
  failed(failure: ServiceFailure, mark: OutageMark): boolean
  /** Returns true if the service has ever answered. */
  isKnown(): boolean
  /** Returns the current outage. `undefined` if the service is not away. */
  current(): CurrentOutage | undefined
  /**
   * Resolves when any thread finds the service away or back, or after {@link wake}. Does not keep the process alive.
   */
  changed(): Promise<unknown>
  /** Resolves the pending {@link changed}. */
  wake(): void
}

/** An outage that has not ended. */
interface CurrentOutage {
  /** Start in milliseconds of the clock. */
  readonly since: number
  readonly reason: string
}

/** Options of {@link createOutage}. */
export interface OutageOptions {
  readonly clock: Clock
  /** Longest time in milliseconds that requests wait for a service that is away. */
  readonly timeoutMs: number
  /**
   * Longest time of a probe in milliseconds. After that another probe starts, because the thread of the first may have
   * ended.
   */
  readonly probeTimeoutMs: number
  /** Shared memory, filled with zeros at first. Default: new memory. */
  readonly memory?: SharedArrayBuffer | undefined
  readonly byteOffset?: number | undefined
}

/**
 * Creates the outage that is kept in these bytes of `memory`. A service that has never answered is never away, because
 * its address may be wrong. It uses no lock that a killed thread could leave behind, see `pace.ts`.
 */
export function createOutage(options: OutageOptions): Outage {
  const { clock, timeoutMs, probeTimeoutMs, byteOffset = 0 } = options
  const memory = options.memory ?? new SharedArrayBuffer(outageByteLength)
  /** 0 while the service is not away. */
  const awaySince = sharedTime(memory, byteOffset)
  const nextProbe = sharedTime(memory, byteOffset + 8)
  /** 1 once the service has answered. */
  const isKnown = sharedCount(memory, byteOffset + 16)
  /** Counts the answers that followed a failure. In each round, a request counts as broken at most once. */
  const round = sharedCount(memory, byteOffset + 20)
  const broken = sharedCount(memory, byteOffset + 24)
  const failedProbes = sharedCount(memory, byteOffset + 28)
  const changes = new Int32Array(memory, byteOffset + 32, 1)
  const reason = sharedText(memory, byteOffset + reasonByteOffset, reasonByteLength)

  /** Returns the time in microseconds, but never 0, which means that the service is not away. */
  function now(): number {
    return Math.max(1, Math.round(clock.now() * 1000))
  }

  function pauseUs(): number {
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** failedProbes.get())
    return Math.round(1000 * pauseMs * (0.5 + clock.random() / 2))
  }

  function wake(): void {
    Atomics.add(changes, 0, 1)
    Atomics.notify(changes, 0)
  }

  function declareAway(why: string): void {
    failedProbes.set(0)
    nextProbe.set(now() + pauseUs())
    reason.set(why)
    if (awaySince.exchange(0, now())) wake()
  }

  function endProbe(): void {
    failedProbes.add(1)
    nextProbe.set(now() + pauseUs())
  }

  async function wait(signal: AbortSignal | undefined): Promise<Probe | undefined> {
    for (;;) {
      const since = awaySince.get()
      if (since === 0) return undefined
      const probeAt = nextProbe.get()
      const leftUs = since + timeoutMs * 1000 - now()
      if (now() >= probeAt && nextProbe.exchange(probeAt, now() + probeTimeoutMs * 1000)) return { end: endProbe }
      if (leftUs <= 0) throw awayTooLong(timeoutMs, reason.get())
      const untilProbeUs = Math.max(1000, probeAt - now())
      await clock.wait(Math.min(noticedAfterMs, untilProbeUs / 1000, leftUs / 1000), signal)
    }
  }

  return {
    admission: (signal) => (awaySince.get() === 0 ? undefined : wait(signal)),
    answered: (startedAt) => {
      if (isKnown.get() === 0) isKnown.set(1)
      if (broken.get() !== 0) {
        broken.set(0)
        round.add(1)
      }
      const since = awaySince.get()
      // A request from before the outage does not show that the service is back.
      if (since !== 0 && startedAt * 1000 >= since && awaySince.exchange(since, 0)) wake()
    },
    failed: (failure, mark) => {
      if (isKnown.get() === 0 || !concernsAllRequests(failure)) return false
      if (awaySince.get() !== 0) return true
      // An internal error may concern only this request: the service answers.
      if (failure.statusCode === 500) return false
      const current = round.get() + 1
      if (mark.round !== current) broken.add(1)
      mark.round = current
      if (provesAway(failure) || broken.get() >= brokenRequests) declareAway(failure.message)
      return awaySince.get() !== 0
    },
    isKnown: () => isKnown.get() !== 0,
    current: () => {
      const us = awaySince.get()
      return us === 0 ? undefined : { since: us / 1000, reason: reason.get() }
    },
    changed: async () => Atomics.waitAsync(changes, 0, Atomics.load(changes, 0)).value,
    wake,
  }
}

/**
 * Returns true if other requests would fail in the same way: the service is away, or a proxy or a sign-in page answers
 * for it. A page that refuses only this request, such as the page of a filter, does not count.
 */
function concernsAllRequests({ code, statusCode, retryable, isLocal, isMisdirected }: ServiceFailure): boolean {
  if (isMisdirected) return retryable || statusCode === 407
  return retryable && code === 'AHI_UNAVAILABLE' && !isLocal
}

/** Returns true if one failure is enough to consider the service away. */
function provesAway({ unreachable, statusCode, retryAfterMs = 0 }: ServiceFailure): boolean {
  return unreachable || statusCode === 407 || retryAfterMs > shortAwayMs
}

function awayTooLong(timeoutMs: number, reason: string): ServiceFailure {
  const message = `the service has been away for ${Math.round(timeoutMs / 1000)} s (${reason})`
  return new ServiceFailure('AHI_OUTAGE', message, { retryable: true })
}
