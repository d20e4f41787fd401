/** A map from texts to plain data. */
export interface KeyMap<Value> extends Disposable {
  readonly size: number
  get(key: string): Value | undefined
  has(key: string): boolean
  set(key: string, value: Value): void
  /** Returns whether the key was there. */
  delete(key: string): boolean
  /** Yields all entries. Not to be changed meanwhile. */
  entries(): Iterable<readonly [string, Value]>
}

/** Makes an empty map. Dispose of it when it is of no more use. */
export function createKeyMap<Value>(): KeyMap<Value> {
  const values = new Map<string, Value>()
  return {
    get size() {
      return values.size
    },
    get: (key) => values.get(key),
    has: (key) => values.has(key),
    set: (key, value) => void values.set(key, value),
    delete: (key) => values.delete(key),
    entries: () => values.entries(),
    [Symbol.dispose]: () => values.clear(),
  }
}
