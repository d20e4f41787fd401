/** Options of {@link readAhead}. */
interface ReadAheadOptions<Result> {
  readonly signal: AbortSignal | undefined
  /** Items that are read at a time, at least 1. */
  readonly count: number
  /** Takes the results that nobody has asked for. */
  readonly onLeft: (result: Result) => void
}

/**
 * Reads several items at a time, and yields the results in the order of the items. At the end it aborts the remaining
 * reads and waits for them.
 */
export async function* readAhead<Item, Result>(
  items: Iterable<Item>,
  read: (item: Item, signal: AbortSignal) => Promise<Result>,
  { signal, count, onLeft }: ReadAheadOptions<Result>,
): AsyncGenerator<Result, void, undefined> {
  signal?.throwIfAborted()
  const ended = new AbortController()
  const either = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal])
  const reading: Promise<Result>[] = []
  try {
    for (const item of items) {
      const promise = read(item, either)
      // A failure counts when its turn comes; until then it is not unhandled.
      promise.catch(() => {})
      reading.push(promise)
      const next = reading.length < Math.max(1, count) ? undefined : reading.shift()
      if (next !== undefined) yield await next
    }
    for (let next = reading.shift(); next !== undefined; next = reading.shift()) yield await next
  } finally {
    ended.abort()
    for (const left of await Promise.allSettled(reading)) if (left.status === 'fulfilled') onLeft(left.value)
  }
}
