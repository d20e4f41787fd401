import { setImmediate } from 'node:timers/promises'
import { vi } from 'vitest'

/** Replaces the clock by one that stands still. `vi.useRealTimers()` brings it back. */
export function fakeClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] })
}

/** Lets a clock of the test run while a promise is waited for. Returns the milliseconds that have passed on it. */
export async function fastForward(
  promise: Promise<unknown>,
  onStep: (ms: number) => void = () => undefined,
): Promise<number> {
  fakeClock()
  const startedAt = performance.now()
  const settled = Promise.allSettled([promise]).then(() => true)
  do {
    vi.advanceTimersByTime(50)
    onStep(performance.now() - startedAt)
  } while (!(await Promise.race([settled, setImmediate(false)])))
  const passed = performance.now() - startedAt
  vi.useRealTimers()
  return passed
}
