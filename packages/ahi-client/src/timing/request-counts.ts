import { type Operation, operations } from '../errors/operations.ts'

/** Counts of the requests of one operation. */
export interface RequestCounts {
  /** Requests sent, repeated ones included. */
  readonly requests: number
  /** Requests sent again because an attempt failed or its answer broke off. */
  readonly repeated: number
  /** Requests that the service throttled. */
  readonly throttled: number
  /** Seconds while at least one request waited for its turn or before a retry. */
  readonly secondsWaited: number
  /** Bytes of the bodies of successful answers. */
  readonly bytes: number
}

/** Counts the requests of one operation. Threads may share it. */
export interface RequestCounter {
  sent(options: { readonly isRepeated: boolean }): void
  throttled(): void
  /** Counts a wait of `ms` that starts at `now` (time of the clock). */
  waits(now: number, ms: number): void
  /** Counts a wait for the turn of a request, both as {@link waits} does and in {@link secondsPaced}. */
  waitsForTurn(now: number, ms: number): void
  received(byteLength: number): void
  read(): RequestCounts
  /** Returns the seconds while at least one request waited for its turn. */
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

/** Creates shared memory for the counts of all operations. */
export function createRequestCountMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(operations.length * wordCount * BigInt64Array.BYTES_PER_ELEMENT)
}

/** Returns a function that gives the counter of an operation, kept in `memory`. */
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

/** Returns the counts of all operations with requests. */
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

/** Returns the seconds while requests waited for their turn, for the operations that waited. */
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

/** Adds `ms` from `now` on to the sum, except for time that other waits have already added. */
function addTime(memory: BigInt64Array<SharedArrayBuffer>, sum: number, end: number, now: number, ms: number): void {
  const from = BigInt(Math.round(now * 1000))
  const to = from + BigInt(Math.round(ms * 1000))
  for (;;) {
    const until = Atomics.load(memory, end)
    // Waits start in order, so the time up to `until` has been added without gaps.
    if (to <= until) return
    if (Atomics.compareExchange(memory, end, until, to) !== until) continue
    Atomics.add(memory, sum, to - (until > from ? until : from))
    return
  }
}
