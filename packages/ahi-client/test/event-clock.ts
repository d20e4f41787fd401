import type { Clock } from '../src/timing/clock.ts'

export interface EventClock extends Clock {
  /** Moves the time from the end of one wait to the next until `work` is done. */
  run<T>(work: Promise<T>): Promise<T>
}

/** Returns a clock that moves only while everything waits. Its random numbers repeat in each run. */
export function eventClock(): EventClock {
  let now = 0
  let seed = 1
  let order = 0
  let waits: { readonly at: number; readonly order: number; readonly end: () => void }[] = []
  return {
    now: () => now,
    random: () => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed / 2_147_483_647
    },
    wait: (ms) =>
      new Promise((resolve) => {
        order += 1
        waits.push({ at: now + ms, order, end: resolve })
      }),
    run: async (work) => {
      let done = false
      const settled = work.finally(() => {
        done = true
      })
      for (;;) {
        await new Promise(setImmediate)
        if (done || waits.length === 0) return settled
        now = Math.min(...waits.map(({ at }) => at))
        const due = waits.filter(({ at }) => at === now)
        waits = waits.filter(({ at }) => at > now)
        for (const { end } of due.sort((a, b) => a.order - b.order)) end()
      }
    },
  }
}
