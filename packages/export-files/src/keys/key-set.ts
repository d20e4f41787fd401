import { createKeyMap } from './key-map.ts'

/** A set of texts. */
export interface KeySet extends Disposable {
  readonly size: number
  has(key: string): boolean
  /** Returns whether the key is new. */
  add(key: string): boolean
  /** Returns whether the key was there. */
  delete(key: string): boolean
}

/** Makes an empty set. Dispose of it when it is of no more use. */
export function createKeySet(): KeySet {
  const keys = createKeyMap<1>()
  return {
    get size() {
      return keys.size
    },
    has: (key) => keys.has(key),
    add(key) {
      const isNew = !keys.has(key)
      if (isNew) keys.set(key, 1)
      return isNew
    },
    delete: (key) => keys.delete(key),
    [Symbol.dispose]: () => keys[Symbol.dispose](),
  }
}
