/** Loads one thing by its index. */
export type Load<T> = (index: number, signal: AbortSignal) => Promise<T>

/**
 * Loads things in order, from `first` up to `count`, with at most `limit` of them loading or waiting to be taken. When one fails, or the
 * consumer stops, the others are aborted and settled before anything is thrown.
 */
export async function* loadInOrder<T>(
  load: Load<T>,
  options: {
    readonly first: number
    readonly count: number
    readonly limit: number
    readonly signal: AbortSignal | undefined
  },
): AsyncGenerator<T, void, undefined> {
  const { first, count, limit, signal } = options
  if (first >= count) return
  signal?.throwIfAborted()
  const stop = new AbortController()
  const inner = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
  const window: Promise<T>[] = []
  let next = first
  try {
    while (next < count || window.length > 0) {
      while (next < count && window.length < limit) window.push(started(load, next++, inner))
      const oldest = window[0]
      if (oldest === undefined) return
      const loaded = await oldest
      signal?.throwIfAborted()
      void window.shift()
      yield loaded
    }
  } finally {
    if (window.length > 0) stop.abort()
    await Promise.allSettled(window)
  }
}

/** Starts a load whose failure is looked at later, in its turn. */
function started<T>(load: Load<T>, index: number, signal: AbortSignal): Promise<T> {
  const promise = load(index, signal)
  promise.catch(() => {})
  return promise
}
