/**
 * Returns the unsigned CRC-32 of bytes, as in zlib and PNG. To continue, pass the checksum of the earlier bytes as
 * `before`.
 */
export type Crc32 = (bytes: Uint8Array, before?: number) => number

/** Encodes bytes as base64 text with padding. */
export type ToBase64 = (bytes: Uint8Array) => string

/**
 * Decodes base64 text, with or without padding, in the standard (`+/`) or the URL alphabet (`-_`). Returns `undefined`
 * if the text is not base64. White space is not base64.
 */
export type FromBase64 = (text: string) => Uint8Array<ArrayBuffer> | undefined

/** Decodes ISO 8859-1: each byte becomes the character with its number. */
export type Latin1Text = (bytes: Uint8Array) => string

/** Reverses the bytes of every unit in place. `unit` is 2, 4 or 8 bytes; the length must be a multiple of it. */
export type SwapBytes = (bytes: Uint8Array, unit: number) => void

/** A limit that keeps small, hostile data from filling the memory. */
export interface InflateLimits {
  /** Most bytes that the data may inflate to. More is `INFLATE_TOO_LARGE`. */
  readonly maxByteLength: number
}

/**
 * Inflates data in the calling thread.
 *
 * @throws {InflateError} if the data is damaged, ends early or exceeds the limit
 */
export type Inflate = (data: Uint8Array, limits: InflateLimits) => Uint8Array<ArrayBuffer>

/**
 * Compresses bytes to zlib data, fast: level 1, and only runs of equal bytes (`Z_RLE`). This suits the filtered rows of
 * a PNG.
 */
export type DeflateRuns = (bytes: Uint8Array) => Uint8Array

/** Inflates raw deflate data that arrives in pieces. */
export interface RawInflater {
  /**
   * Inflates the next piece. Wait for the promise before you pass another piece.
   *
   * @throws {InflateError} if the data is damaged. An error that the receiver throws is thrown again.
   */
  feed(bytes: Uint8Array): Promise<void>
  /** Ends the data and waits for the last inflated bytes. Throws as `feed` does, and also if the data ends early. */
  end(): Promise<void>
}

/**
 * Creates a {@link RawInflater}. `receive` gets the inflated bytes as they come. Copy them: they are valid only until
 * it returns.
 */
export type CreateRawInflater = (receive: (bytes: Uint8Array) => void) => RawInflater

/**
 * Calls a function once after a time. Returns a function that cancels the call. In Node.js the timer does not keep the
 * process alive.
 */
export type StartTimer = (call: () => void, milliseconds: number) => () => void
