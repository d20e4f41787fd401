/** Spaces requests out, so that what comes in between goes into one. */
export interface Pace {
  /** Resolves when it is time for the next request: half a second after the one before, or once somebody is in a hurry. */
  turn(): Promise<void>
  /** Lets the one that waits go on. */
  hurry(): void
}

/** Lines of the record that are written in between are recorded half a second later. */
const betweenMs = 500

/** Makes a pace whose first turn comes at once. */
export function createPace(): Pace {
  let before = -Infinity
  let go: (() => void) | undefined
  return {
    async turn() {
      const waitMs = before + betweenMs - performance.now()
      if (waitMs > 0) {
        const { promise, resolve } = Promise.withResolvers<void>()
        const timer = setTimeout(resolve, waitMs)
        go = resolve
        await promise
        go = undefined
        clearTimeout(timer)
      }
      before = performance.now()
    },
    hurry: () => go?.(),
  }
}
