/** Why compressed data could not be inflated. */
export type InflateErrorCode =
  /** The data breaks the format, or its checksum is wrong. */
  | 'INFLATE_CORRUPT'
  /** The data ends early. */
  | 'INFLATE_TRUNCATED'
  /** The data inflates to more bytes than the limit. */
  | 'INFLATE_TOO_LARGE'

/**
 * Thrown if compressed data cannot be inflated. Get the data again, or raise the limit if the code is
 * `INFLATE_TOO_LARGE`.
 */
export class InflateError extends Error {
  override readonly name = 'InflateError'
  readonly code: InflateErrorCode

  constructor(code: InflateErrorCode, why: string, options?: { readonly cause?: unknown }) {
    super(why, options)
    this.code = code
  }
}
