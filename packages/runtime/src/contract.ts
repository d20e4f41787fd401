/** Returns the CRC-32 of bytes, as zlib and PNG have it, unsigned. With the checksum of earlier bytes: that of both in a row. */
export type Crc32 = (bytes: Uint8Array, before?: number) => number

/** Returns the base64 text of bytes, padded. */
export type ToBase64 = (bytes: Uint8Array) => string

/**
 * Returns the bytes of base64 text, padded or not, with `+/` or `-_`. `undefined` if the text is not base64. White space
 * is not.
 */
export type FromBase64 = (text: string) => Uint8Array<ArrayBuffer> | undefined

/** Returns the text of bytes in ISO 8859-1: one character each, with the number of the byte. */
export type Latin1Text = (bytes: Uint8Array) => string

/** Reverses the bytes of every unit of 2, 4 or 8 bytes in place. The length is a multiple of the unit. */
export type SwapBytes = (bytes: Uint8Array, unit: number) => void

/** A bound against small data made to fill the memory. */
export interface InflateLimits {
  /** Most bytes that the data may inflate to. */
  readonly maxByteLength: number
}

/**
 * Inflates data in this thread.
 * @throws {InflateError} if the data is damaged, ends early or exceeds the limit
 */
export type Inflate = (data: Uint8Array, limits: InflateLimits) => Uint8Array<ArrayBuffer>

/** Returns zlib data of bytes, fast: level 1, with matches of distance one alone. That suits filtered rows of a PNG. */
export type DeflateRuns = (bytes: Uint8Array) => Uint8Array

/** Inflates raw deflate data that comes in pieces. */
export interface RawInflater {
  /**
   * Takes the next piece. One at a time.
   * @throws {InflateError} if the data is damaged, and what the receiver of the inflated bytes threw
   */
  feed(bytes: Uint8Array): Promise<void>
  /** Waits for the last inflated bytes. Throws as `feed` does, also for data that ends early. */
  end(): Promise<void>
}

/** Makes one. `receive` is given the inflated bytes as they come. They are its own only until it returns. */
export type CreateRawInflater = (receive: (bytes: Uint8Array) => void) => RawInflater

/** Calls a function after a time, unless the returned function is called before. Does not keep a process alive. */
export type StartTimer = (call: () => void, milliseconds: number) => () => void
