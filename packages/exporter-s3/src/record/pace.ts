/** Spaces requests out, so that lines that arrive between two requests are sent together. */
export interface Pace {
  /** Resolves half a second after the previous turn, or when `hurry` is called. */
  turn(): Promise<void>
  /** Ends the current wait. */
  hurry(): void
}

/** Time between two requests. */
const betweenMs = 500

/** Returns a pace. Its first turn resolves at once. */
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
