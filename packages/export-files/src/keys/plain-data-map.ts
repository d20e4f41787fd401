/** A map from texts to plain data, of which little is in memory however many there are. */
export interface KeyMap<Value> extends Disposable {
  readonly size: number
  get(key: string): Value | undefined
  has(key: string): boolean
  set(key: string, value: Value): void
  /** Sets the value of a key that is not there. Returns whether it was not. */
  add(key: string, value: Value): boolean
  /** Returns whether the key was there. */
  delete(key: string): boolean
  /** Yields all entries. Those that are set meanwhile may be among them. */
  entries(): Iterable<readonly [string, Value]>
  /** The same, in the order of the keys: those that begin alike come one after another. */
  sortedEntries(): Iterable<readonly [string, Value]>
}
