/** A map from strings to plain data, with bounded memory. */
export interface KeyMap<Value> extends Disposable {
  readonly size: number
  get(key: string): Value | undefined
  has(key: string): boolean
  set(key: string, value: Value): void
  /** Sets the value of a key that is not in the map. Returns true if it was not. */
  add(key: string, value: Value): boolean
  /** Removes a key. Returns true if it was in the map. */
  delete(key: string): boolean
  /** Yields all entries. Entries that are set during the iteration may be among them. */
  entries(): Iterable<readonly [string, Value]>
  /** Yields all entries in the order of their keys, so that keys with the same prefix follow each other. */
  sortedEntries(): Iterable<readonly [string, Value]>
}
