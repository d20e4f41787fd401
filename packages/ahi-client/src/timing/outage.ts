import { ServiceFailure } from '../errors/service-failure.ts'
import type { Clock } from './clock.ts'
import { sharedCount, sharedText, sharedTime } from './shared-words.ts'

/** Requests that broke or met 503 since the last answer, from which on the service counts as away. */
const brokenRequests = 3
/** Pause before the first probe. It doubles with each probe that fails. */
const firstPauseMs = 100
const longestPauseMs = 5000
/** A service that asks to wait for longer than this says by itself that it is away. */
const shortAwayMs = 60_000
/** How soon a waiting request notices that the service is back. */
const noticedAfterMs = 250

const reasonByteOffset = 40
const reasonByteLength = 120

/** Bytes of an outage in shared memory. */
export const outageByteLength: number = reasonByteOffset + reasonByteLength

/** What is known of one request. */
export interface OutageMark {
  /** The last round in which the request was counted as broken. */
  round: number
}

/** The one request that is sent while the service is away. */
export interface Probe {
  /** Lets another request be the next probe, after a pause. */
  end(): void
}

/**
 * Whether one host is away, shared by all callers of a client and by all threads that have its memory. While it is away,
 * requests wait, and one at a time finds out whether it answers again.
 */
export interface Outage {
  /**
   * Waits while the service is away. Returns undefined if a request may start now, or resolves with undefined then.
   * Resolves with a probe if the request is to find out whether the service is back. Rejects with the reason of `signal`,
   * and with a {@link ServiceFailure} once the service has been away for too long.
   */
  admission(signal: AbortSignal | undefined): Promise<Probe | undefined> | undefined
  /** The service has answered a request that started at `startedAt` (time of the clock): it was there since. */
  answered(startedAt: number): void
  /** Notes a failed attempt. Returns whether the service is away, so that the attempt says nothing of the request. */
  failed(failure: ServiceFailure, mark: OutageMark): boolean
  /** Whether the service has ever answered. */
  isKnown(): boolean
  /** Returns the outage that is under way; undefined while the service is there. */
  current(): CurrentOutage | undefined
  /** Resolves when any thread finds the service away or back, or at {@link wake}. Does not keep the process alive. */
  changed(): Promise<unknown>
  /** Has {@link changed} resolve. */
  wake(): void
}

/** An outage that is under way. */
interface CurrentOutage {
  /** In milliseconds of the clock. */
  readonly since: number
  readonly reason: string
}

/** Options of {@link createOutage}. */
export interface OutageOptions {
  readonly clock: Clock
  /** How long requests wait for a service that is away. */
  readonly timeoutMs: number
  /** How long a probe may take. Then another one starts beside it: its thread may have ended. */
  readonly probeTimeoutMs: number
  /** Begins with zeros. */
  readonly memory?: SharedArrayBuffer | undefined
  readonly byteOffset?: number | undefined
}

/**
 * Makes the outage that is kept in these bytes of `memory`. A service that has never answered is never away: its address
 * may be wrong. There is no lock that a killed thread could leave behind, see `pace.ts`.
 */
export function createOutage(options: OutageOptions): Outage {
  const { clock, timeoutMs, probeTimeoutMs, byteOffset = 0 } = options
  const memory = options.memory ?? new SharedArrayBuffer(outageByteLength)
  /** 0 while the service is there. */
  const awaySince = sharedTime(memory, byteOffset)
  const nextProbe = sharedTime(memory, byteOffset + 8)
  /** 1 once the service has answered. */
  const isKnown = sharedCount(memory, byteOffset + 16)
  /** Counts answers after failures. A request counts once as broken in each round. */
  const round = sharedCount(memory, byteOffset + 20)
  const broken = sharedCount(memory, byteOffset + 24)
  const failedProbes = sharedCount(memory, byteOffset + 28)
  const changes = new Int32Array(memory, byteOffset + 32, 1)
  const reason = sharedText(memory, byteOffset + reasonByteOffset, reasonByteLength)

  /** Never 0, which means that the service is there. */
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
      if (leftUs <= 0) throw lasted(timeoutMs, reason.get())
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
      // An answer on its way while the service went away does not tell that it is back.
      if (since !== 0 && startedAt * 1000 >= since && awaySince.exchange(since, 0)) wake()
    },
    failed: (failure, mark) => {
      if (isKnown.get() === 0 || !isOfAll(failure)) return false
      if (awaySince.get() !== 0) return true
      // An internal error may be of this request alone: the service is there.
      if (failure.statusCode === 500) return false
      const current = round.get() + 1
      if (mark.round !== current) broken.add(1)
      mark.round = current
      if (saysAway(failure) || broken.get() >= brokenRequests) declareAway(failure.message)
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
 * Whether other requests would fail in the same way: the service is away, or a proxy or a sign-in page answers for it. A
 * page that refuses one request alone, such as that of a filter, is no such failure.
 */
function isOfAll({ code, statusCode, retryable, isLocal, isMisdirected }: ServiceFailure): boolean {
  if (isMisdirected) return retryable || statusCode === 407
  return retryable && code === 'AHI_UNAVAILABLE' && !isLocal
}

/** Whether one failure is enough to tell that the service is away. */
function saysAway({ unreachable, statusCode, retryAfterMs = 0 }: ServiceFailure): boolean {
  return unreachable || statusCode === 407 || retryAfterMs > shortAwayMs
}

function lasted(timeoutMs: number, reason: string): ServiceFailure {
  const message = `the service has been away for ${Math.round(timeoutMs / 1000)} s (${reason})`
  return new ServiceFailure('AHI_OUTAGE', message, { retryable: true })
}
