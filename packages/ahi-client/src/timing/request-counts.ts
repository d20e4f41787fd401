import { type Operation, operations } from '../errors/operations.ts'

/** Requests of one operation. */
export interface RequestCounts {
  /** Requests that were sent, repeated ones included. */
  readonly requests: number
  /** Requests that were sent again, because an earlier attempt failed or its answer broke off. */
  readonly repeated: number
  /** Answers that throttled the request. */
  readonly throttled: number
  /** Seconds in which at least one request waited for its turn or before it was repeated. */
  readonly secondsWaited: number
  /** Bytes of the bodies of successful answers. */
  readonly bytes: number
}

/** Counts the requests of one operation. Threads may share it. */
export interface RequestCounter {
  sent(options: { readonly isRepeated: boolean }): void
  throttled(): void
  /** Counts a wait that starts at `now` (time of the clock) and lasts for `ms`. */
  waits(now: number, ms: number): void
  /** Counts a wait for the turn of a request, as {@link waits} does, which it is too. */
  waitsForTurn(now: number, ms: number): void
  received(byteLength: number): void
  read(): RequestCounts
  /** Returns the seconds in which at least one request waited for its turn. */
  secondsPaced(): number
}

const words = {
  requests: 0,
  repeated: 1,
  throttled: 2,
  waitedUs: 3,
  waitedUntilUs: 4,
  bytes: 5,
  pacedUs: 6,
  pacedUntilUs: 7,
} as const
const wordCount = 8

/** Makes the memory of the counts of all operations, to be shared by threads. */
export function createRequestCountMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(operations.length * wordCount * BigInt64Array.BYTES_PER_ELEMENT)
}

/** Returns the counters over `memory`, one for each operation. */
export function createRequestCounters(memory: SharedArrayBuffer): (operation: Operation) => RequestCounter {
  const counters = new Map<Operation, RequestCounter>()
  return (operation) => {
    const known = counters.get(operation)
    if (known !== undefined) return known
    const byteOffset = operations.indexOf(operation) * wordCount * BigInt64Array.BYTES_PER_ELEMENT
    const counter = createCounter(new BigInt64Array(memory, byteOffset, wordCount))
    counters.set(operation, counter)
    return counter
  }
}

/** Returns the counts of the operations that requests were sent of. */
export function readRequestCounts(
  counterOf: (operation: Operation) => RequestCounter,
): Partial<Record<Operation, RequestCounts>> {
  const counts: Partial<Record<Operation, RequestCounts>> = {}
  for (const operation of operations) {
    const count = counterOf(operation).read()
    if (count.requests > 0) counts[operation] = count
  }
  return counts
}

/** Returns the seconds in which requests waited for their turn, of the operations that had to. */
export function readSecondsPaced(
  counterOf: (operation: Operation) => RequestCounter,
): Partial<Record<Operation, number>> {
  const seconds: Partial<Record<Operation, number>> = {}
  for (const operation of operations) {
    const paced = counterOf(operation).secondsPaced()
    if (paced > 0) seconds[operation] = paced
  }
  return seconds
}

function createCounter(memory: BigInt64Array<SharedArrayBuffer>): RequestCounter {
  const count = (word: keyof typeof words): number => Number(Atomics.load(memory, words[word]))
  return {
    sent: ({ isRepeated }) => {
      Atomics.add(memory, words.requests, 1n)
      if (isRepeated) Atomics.add(memory, words.repeated, 1n)
    },
    throttled: () => void Atomics.add(memory, words.throttled, 1n),
    waits: (now, ms) => addTime(memory, words.waitedUs, words.waitedUntilUs, now, ms),
    waitsForTurn: (now, ms) => {
      addTime(memory, words.waitedUs, words.waitedUntilUs, now, ms)
      addTime(memory, words.pacedUs, words.pacedUntilUs, now, ms)
    },
    received: (byteLength) => void Atomics.add(memory, words.bytes, BigInt(byteLength)),
    read: () => ({
      requests: count('requests'),
      repeated: count('repeated'),
      throttled: count('throttled'),
      secondsWaited: count('waitedUs') / 1e6,
      bytes: count('bytes'),
    }),
    secondsPaced: () => count('pacedUs') / 1e6,
  }
}

/** Adds the time from `now` on for `ms` to the sum, without what is in it already. */
function addTime(memory: BigInt64Array<SharedArrayBuffer>, sum: number, end: number, now: number, ms: number): void {
  const from = BigInt(Math.round(now * 1000))
  const to = from + BigInt(Math.round(ms * 1000))
  for (;;) {
    const until = Atomics.load(memory, end)
    // Waits start in order, so the time up to `until` is counted without gaps.
    if (to <= until) return
    if (Atomics.compareExchange(memory, end, until, to) !== until) continue
    Atomics.add(memory, sum, to - (until > from ? until : from))
    return
  }
}
