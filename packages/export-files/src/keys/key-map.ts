import type { KeyMap } from './plain-data-map.ts'
import { createTemporaryTable } from './temporary-table.ts'

export type { KeyMap }

/** Options of {@link createKeyMap} and {@link createKeySet}. */
export interface KeyMapOptions {
  /** Memory in bytes. Larger maps move to a temporary database. Default 24 MiB, about 100,000 entries. */
  readonly maxMemory?: number | undefined
}

/** Estimated memory for one entry, in bytes. */
const entryBytes = 256

/** Default of `maxMemory`, in bytes. */
export const defaultMapMemory: number = 24 * 2 ** 20

/**
 * Creates an empty map of plain data. Dispose of it after use. Keys that are used one after another should share a
 * prefix, so that they are close to each other in the database.
 *
 * @example
 * import { createKeyMap } from '@ahi-dicom/export-files'
 *
 * using counts = createKeyMap<number>({ maxMemory: 1e6 })
 * counts.set('1.2.3', 5)
 * console.log(counts.get('1.2.3')) // 5
 */
export function createKeyMap<Value>({ maxMemory = defaultMapMemory }: KeyMapOptions = {}): KeyMap<Value> {
  let mostEntries = maxMemory / entryBytes
  let map = createPlainMap<Value>()

  function limit(): void {
    if (map.size <= mostEntries) return
    const table = createTemporaryTable<Value>(maxMemory)
    for (const [key, value] of table === undefined ? [] : map.entries()) table?.set(key, value)
    map = table ?? map
    mostEntries = Infinity
  }

  return {
    get size() {
      return map.size
    },
    get: (key) => map.get(key),
    has: (key) => map.has(key),
    set(key, value) {
      map.set(key, value)
      limit()
    },
    add(key, value) {
      const isNew = map.add(key, value)
      limit()
      return isNew
    },
    delete: (key) => map.delete(key),
    entries: () => map.entries(),
    sortedEntries: () => map.sortedEntries(),
    [Symbol.dispose]: () => map[Symbol.dispose](),
  }
}

function createPlainMap<Value>(): KeyMap<Value> {
  const values = new Map<string, Value>()
  return {
    get size() {
      return values.size
    },
    get: (key) => values.get(key),
    has: (key) => values.has(key),
    set: (key, value) => void values.set(key, value),
    add(key, value) {
      if (values.has(key)) return false
      values.set(key, value)
      return true
    },
    delete: (key) => values.delete(key),
    entries: () => values.entries(),
    sortedEntries: () => [...values].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    [Symbol.dispose]: () => values.clear(),
  }
}
