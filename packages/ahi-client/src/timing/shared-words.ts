/** A time in whole microseconds that threads share. */
export interface SharedTime {
  get(): number
  set(time: number): void
  /** Sets it to `next` if it still is `previous`, and returns whether it was. */
  exchange(previous: number, next: number): boolean
}

/** A whole number of 31 bits that threads share. */
export interface SharedCount {
  get(): number
  set(value: number): void
  add(value: number): void
  /** Sets it to 0 and returns what it was. */
  take(): number
}

/** A short text that threads share. It may be read half changed while another thread sets it. */
export interface SharedText {
  get(): string
  /** Cuts what there is no room for. */
  set(text: string): void
}

/** Makes the time that is kept in these 8 bytes of `memory`. It begins at 0. */
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

/** Makes the number that is kept in these 4 bytes of `memory`. It begins at 0. */
export function sharedCount(memory: SharedArrayBuffer, byteOffset: number): SharedCount {
  const word = new Int32Array(memory, byteOffset, 1)
  return {
    get: () => Atomics.load(word, 0),
    set: (value) => void Atomics.store(word, 0, Math.min(value, 2 ** 31 - 1)),
    add: (value) => void Atomics.add(word, 0, value),
    take: () => Atomics.exchange(word, 0, 0),
  }
}

/** Makes the text that is kept in these bytes of `memory` as UTF-8. It begins empty. */
export function sharedText(memory: SharedArrayBuffer, byteOffset: number, byteLength: number): SharedText {
  const bytes = new Uint8Array(memory, byteOffset, byteLength)
  return {
    get: () => Buffer.from(bytes).toString().replace(/\0.*$/s, ''),
    set: (text) => bytes.fill(0).set(Buffer.from(text).subarray(0, byteLength)),
  }
}
