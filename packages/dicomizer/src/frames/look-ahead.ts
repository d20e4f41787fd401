/** Loads the item with this index. */
export type Load<T> = (index: number, signal: AbortSignal) => Promise<T>

/**
 * Yields the items from `first` to before `count` in order. At most `limit` of them are loading, or loaded and not yet
 * taken. If one fails or the consumer stops, the others are aborted and awaited before the error is thrown.
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

/** Starts loading. A failure is thrown later, when the item's turn comes. */
function started<T>(load: Load<T>, index: number, signal: AbortSignal): Promise<T> {
  const promise = load(index, signal)
  promise.catch(() => {})
  return promise
}
