/**
 * Maps items in order while up to `ahead` of those after the current one are under way already. Ends early without
 * leaving anything running, and without an unhandled rejection.
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

/** Keeps a promise that is awaited later from counting as unhandled now. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
