import { setTimeout as delay } from 'node:timers/promises'

import { offAbort, onAbort } from './abort.ts'

/** Time and chance, handed in so that tests of waiting need not wait. */
export interface Clock {
  /** Milliseconds since a fixed origin, the same one in all threads. */
  now(): number
  /** A number in [0, 1). */
  random(): number
  /** Resolves after `ms`; rejects with the reason of `signal` when that aborts first. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
}

/** The clock of this machine. */
export const systemClock: Clock = {
  // Of one origin in all threads; the origin of `performance` may be the start of the thread.
  now: () => {
    const [seconds, nanoseconds] = process.hrtime()
    return seconds * 1000 + nanoseconds / 1e6
  },
  random: () => Math.random(),
  wait: async (ms, signal) => {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal })
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    }
  },
}

/** A clock whose waits end with `closing` too, so that a closed client keeps no timer. */
export function clockUntil(closing: AbortSignal, clock: Clock): Clock {
  return {
    ...clock,
    wait: async (ms, signal) => {
      closing.throwIfAborted()
      if (signal === undefined) return clock.wait(ms, closing)
      signal.throwIfAborted()
      // AbortSignal.any would leave a reference in `signal`, which may be that of all requests of a job.
      const ending = new AbortController()
      const end = (): void => ending.abort(signal.aborted ? signal.reason : closing.reason)
      onAbort(signal, end)
      onAbort(closing, end)
      try {
        return await clock.wait(ms, ending.signal)
      } finally {
        offAbort(signal, end)
        offAbort(closing, end)
      }
    },
  }
}
