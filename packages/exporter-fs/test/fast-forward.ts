import { setImmediate } from 'node:timers/promises'
import { vi } from 'vitest'

/** Replaces the clock with a fake one that does not advance. `vi.useRealTimers()` restores it. */
export function fakeClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] })
}

/** Advances a fake clock until a promise settles. Returns the milliseconds that passed on it. */
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
