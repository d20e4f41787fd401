/** A time in whole microseconds that threads share. */
export interface SharedTime {
  get(): number
  set(time: number): void
  /** Sets the time to `next` if it is still `previous`. Returns true if it was. */
  exchange(previous: number, next: number): boolean
}

/** A non-negative integer of 31 bits that threads share. */
export interface SharedCount {
  get(): number
  set(value: number): void
  add(value: number): void
  /** Sets the number to 0 and returns its previous value. */
  take(): number
}

/** A short text that threads share. A reader may see it half changed while another thread sets it. */
export interface SharedText {
  get(): string
  /** Sets the text. Text that does not fit is cut. */
  set(text: string): void
}

/** Creates a time in 8 bytes of `memory`. It starts at 0. */
export function sharedTime(memory: SharedArrayBuffer, byteOffset: number): SharedTime {
  const word = new BigInt64Array(memory, byteOffset, 1)
  return {
    get: () => Number(Atomics.load(word, 0)),
    set: (time) => void Atomics.store(word, 0, BigInt(time)),
    exchange: (previous, next) => {
      const expected = BigInt(previous)
      return Atomics.compareExchange(word, 0, expected, BigInt(next)) === expected
    },
  }
}

/** Creates a number in 4 bytes of `memory`. It starts at 0. */
export function sharedCount(memory: SharedArrayBuffer, byteOffset: number): SharedCount {
  const word = new Int32Array(memory, byteOffset, 1)
  return {
    get: () => Atomics.load(word, 0),
    set: (value) => void Atomics.store(word, 0, Math.min(value, 2 ** 31 - 1)),
    add: (value) => void Atomics.add(word, 0, value),
    take: () => Atomics.exchange(word, 0, 0),
  }
}

/** Creates a text in `byteLength` bytes of `memory`, as UTF-8. It starts empty. */
export function sharedText(memory: SharedArrayBuffer, byteOffset: number, byteLength: number): SharedText {
  const bytes = new Uint8Array(memory, byteOffset, byteLength)
  return {
    get: () => Buffer.from(bytes).toString().replace(/\0.*$/s, ''),
    set: (text) => bytes.fill(0).set(Buffer.from(text).subarray(0, byteLength)),
  }
}
