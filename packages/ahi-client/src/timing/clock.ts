import { setTimeout as delay } from 'node:timers/promises'

/** Time and chance, handed in so that tests of waiting need not wait. */
export interface Clock {
  /** Milliseconds, from any fixed origin. */
  now(): number
  /** A number in [0, 1). */
  random(): number
  /** Resolves after `ms`; rejects with the reason of `signal` when that aborts first. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
}

/** The clock of this process. */
export const systemClock: Clock = {
  now: () => performance.now(),
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
