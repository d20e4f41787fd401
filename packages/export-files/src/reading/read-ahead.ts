/**
 * Yields the result of `load` for each item, in the order of the items. Up to `ahead` following items are loaded at the
 * same time. If the caller stops early, waits for the loads that are running and leaves no unhandled rejection.
 *
 * @example
 * import { readFile } from 'node:fs/promises'
 * import { readAhead } from '@ahi-dicom/export-files'
 *
 * const paths = ['CT0001.dcm', 'CT0002.dcm', 'CT0003.dcm']
 * for await (const bytes of readAhead(paths, 2, (path) => readFile(path))) console.log(bytes.length)
 */
export async function* readAhead<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  ahead: number,
  load: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  const window: Promise<IteratorResult<Result, undefined>>[] = []

  async function pull(): Promise<IteratorResult<Result, undefined>> {
    const item = await iterator.next()
    return item.done === true ? { done: true, value: undefined } : { done: false, value: await load(item.value) }
  }

  try {
    for (;;) {
      while (window.length <= ahead) window.push(handled(pull()))
      const result = await window.shift()
      if (result === undefined || result.done === true) return
      yield result.value
    }
  } finally {
    await Promise.allSettled(window)
    await iterator.return?.()
  }
}

/** Marks a promise as handled, because it is awaited later. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
