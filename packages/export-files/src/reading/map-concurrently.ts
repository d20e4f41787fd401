/**
 * Maps items by an asynchronous function, at most `concurrency` at a time. Yields results in the order of the items.
 * If one fails, the others under way settle before its error is thrown.
 */
export async function* mapConcurrently<T, R>(
  items: Iterable<T>,
  concurrency: number,
  map: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = []
  try {
    for (const item of items) {
      const result = map(item)
      result.catch(() => undefined)
      underWay.push(result)
      const first = underWay.length >= concurrency ? underWay.shift() : undefined
      if (first !== undefined) yield await first
    }
    for (let first = underWay.shift(); first !== undefined; first = underWay.shift()) yield await first
  } finally {
    await Promise.allSettled(underWay)
  }
}
