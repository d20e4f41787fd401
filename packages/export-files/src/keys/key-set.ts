import { createKeyMap } from './key-map.ts'
import type { KeyMapOptions } from './key-map.ts'

/** A set of texts. */
export interface KeySet extends Disposable {
  readonly size: number
  has(key: string): boolean
  /** Returns whether the key is new. */
  add(key: string): boolean
  /** Returns whether the key was there. */
  delete(key: string): boolean
}

/**
 * Makes an empty set. Dispose of it when it is of no more use. See {@link createKeyMap} for the order of keys.
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
