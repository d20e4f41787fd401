/** A number of requests that may be under way at once; more wait, first come first served. */
export interface Slots {
  /** Takes a slot: `undefined` when one was free, otherwise a promise for it. Rejects with the reason of `signal`. */
  take(signal: AbortSignal | undefined): Promise<void> | undefined
  /** Gives a slot back. */
  release(): void
}

/** Makes `count` slots. */
export function createSlots(count: number): Slots {
  let free = count
  const waiting = new Set<() => void>()
  return {
    take: (signal) => {
      if (free > 0) {
        free -= 1
        return undefined
      }
      return queue(waiting, signal)
    },
    release: () => {
      const [next] = waiting
      if (next === undefined) free += 1
      else next()
    },
  }
}

function queue(waiting: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      waiting.delete(enter)
      signal?.removeEventListener('abort', abort)
    }
    const enter = (): void => {
      leave()
      resolve()
    }
    const abort = (): void => {
      leave()
      reject(signal?.reason)
    }
    waiting.add(enter)
    signal?.addEventListener('abort', abort, { once: true })
  })
}
