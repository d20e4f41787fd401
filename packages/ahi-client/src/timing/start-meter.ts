import { sharedCount, sharedTime } from './shared-words.ts'

const windowUs = 1_000_000
/** A burst is measured as if it had taken at least this long. */
const leastWindowUs = 100_000

/** Bytes of a meter in shared memory. */
export const startMeterByteLength = 16

/** The rate at which requests have started lately. Times are in microseconds. */
export interface StartMeter {
  /** Counts a request that starts now. */
  count(now: number): void
  /** Requests in 1000 s: the rate of the last whole window or of the running one, whichever is more. */
  per1000s(now: number): number
}

/** Makes the meter that is kept in these bytes of `memory`, which begin with zeros. Threads may share it. */
export function createStartMeter(memory: SharedArrayBuffer, byteOffset: number): StartMeter {
  const windowStart = sharedTime(memory, byteOffset)
  const counted = sharedCount(memory, byteOffset + 8)
  /** Rate of the last whole window. */
  const lastRate = sharedCount(memory, byteOffset + 12)
  return {
    count: (now) => {
      const start = windowStart.get()
      // One thread ends the window. Requests that others count meanwhile fall into this one or the next.
      if (now - start >= windowUs && windowStart.exchange(start, now)) {
        lastRate.set(Math.round(rate(counted.take(), now - start)))
      }
      counted.add(1)
    },
    per1000s: (now) => Math.max(lastRate.get(), rate(counted.get(), now - windowStart.get())),
  }
}

/** Requests in 1000 s. */
function rate(count: number, us: number): number {
  return (count * 1e9) / Math.max(us, leastWindowUs)
}
