import { setTimeout as delay } from 'node:timers/promises'

import { offAbort, onAbort } from './abort.ts'

/** Time and random numbers. Tests pass another clock, so that they need not wait. */
export interface Clock {
  /** Returns milliseconds since a fixed origin, which is the same in all threads. */
  now(): number
  /** Returns a random number in [0, 1). */
  random(): number
  /** Resolves after `ms` milliseconds. Rejects with the reason of `signal` if it aborts first. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
}

/** The clock of this machine. */
export const systemClock: Clock = {
  // `hrtime` has one origin for all threads. The origin of `performance` may be the start of the thread.
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

/** Returns a clock whose waits also end when `closing` aborts, so that a closed client keeps no timer. */
export function clockUntil(closing: AbortSignal, clock: Clock): Clock {
  return {
    ...clock,
    wait: async (ms, signal) => {
      closing.throwIfAborted()
      if (signal === undefined) return clock.wait(ms, closing)
      signal.throwIfAborted()
      // `AbortSignal.any` would leave a reference in `signal`, which all requests of a job may share.
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
