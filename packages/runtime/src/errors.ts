/** Tells how compressed data is damaged. */
export type InflateErrorCode =
  /** It breaks the format, or its checksum is wrong. */
  | 'INFLATE_CORRUPT'
  /** It ends early. */
  | 'INFLATE_TRUNCATED'
  /** It inflates to more bytes than the limit. */
  | 'INFLATE_TOO_LARGE'

/** Thrown for compressed data that cannot be inflated. Get it again, or raise the limit if the code says so. */
export class InflateError extends Error {
  override readonly name = 'InflateError'
  readonly code: InflateErrorCode

  constructor(code: InflateErrorCode, why: string, options?: { readonly cause?: unknown }) {
    super(why, options)
    this.code = code
  }
}
