import { setTimeout as delay } from 'node:timers/promises'

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
