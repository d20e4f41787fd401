import { createKeyMap } from './key-map.ts'
import type { KeyMapOptions } from './key-map.ts'

/** A set of strings with bounded memory. */
export interface KeySet extends Disposable {
  readonly size: number
  has(key: string): boolean
  /** Adds a key. Returns true if it was not in the set. */
  add(key: string): boolean
  /** Removes a key. Returns true if it was in the set. */
  delete(key: string): boolean
}

/**
 * Creates an empty set. Dispose of it after use. {@link createKeyMap} says how to choose keys.
 *
 * @example
 * import { createKeySet } from '@ahi-dicom/export-files'
 *
 * using seen = createKeySet()
 * console.log(seen.add('1.2.3'), seen.add('1.2.3')) // true false
 */
export function createKeySet(options: KeyMapOptions = {}): KeySet {
  const keys = createKeyMap<1>(options)
  return {
    get size() {
      return keys.size
    },
    has: (key) => keys.has(key),
    add: (key) => keys.add(key, 1),
    delete: (key) => keys.delete(key),
    [Symbol.dispose]: () => keys[Symbol.dispose](),
  }
}
