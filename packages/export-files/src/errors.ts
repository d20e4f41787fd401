/**
 * Errors of this package and of destinations.
 * @module
 */

/** What is wrong with the destination of an export. */
export type OutputErrorCode =
  | 'OUTPUT_NOT_A_DIRECTORY'
  | 'OUTPUT_NOT_A_FILE'
  | 'OUTPUT_LINK'
  | 'OUTPUT_NOT_WRITABLE'
  | 'OUTPUT_DISK_FULL'
  | 'OUTPUT_EXISTS'
  | 'OUTPUT_DIFFERENT'
  | 'OUTPUT_LOCKED'
  | 'OUTPUT_LOST'
  | 'OUTPUT_NOT_OPEN'
  | 'OUTPUT_NOT_READABLE'
  | 'OUTPUT_NO_MANIFEST'
  | 'OUTPUT_RECORD_LOST'
  | 'OUTPUT_FILE_LOST'
  | 'OUTPUT_FAILED'
  | 'OUTPUT_FILE_REFUSED'
  | 'OUTPUT_NOT_FOUND'
  | 'OUTPUT_REFUSED'
  | 'OUTPUT_UNREACHABLE'
  | 'OUTPUT_UNSUPPORTED'

/** What concerns one file alone. */
const codesOfOneFile: ReadonlySet<OutputErrorCode> = new Set([
  'OUTPUT_FAILED',
  'OUTPUT_FILE_LOST',
  'OUTPUT_FILE_REFUSED',
  'OUTPUT_NOT_A_FILE',
])

/**
 * Thrown when the destination of an export cannot be used or written. If `fatal`, the next file would fail as well: stop,
 * mend the destination, resume. Files that were written and recorded before stay.
 */
export class OutputError extends Error {
  override readonly name = 'OutputError'
  readonly code: OutputErrorCode
  readonly path: string
  readonly fatal: boolean
  /** Whether the same may succeed later without a change, such as when a server is back. */
  readonly retryable: boolean

  constructor(
    code: OutputErrorCode,
    message: string,
    options: { readonly path: string; readonly retryable?: boolean | undefined; readonly cause?: unknown },
  ) {
    super(message, { cause: options.cause })
    this.code = code
    this.path = options.path
    this.fatal = !codesOfOneFile.has(code)
    this.retryable = options.retryable ?? code === 'OUTPUT_UNREACHABLE'
  }
}

/** Why a file of a series cannot be written. */
export type SeriesFileErrorCode = 'SERIES_FILE_SUFFIX' | 'SERIES_FILE_REPEATED'

/** Thrown for a file of a series whose suffix is not allowed, or that another file of the series has. Its format fails. */
export class SeriesFileError extends Error {
  override readonly name = 'SeriesFileError'
  readonly code: SeriesFileErrorCode
  /** Name of the format that made the file. */
  readonly format: string
  readonly suffix: string

  constructor(
    code: SeriesFileErrorCode,
    message: string,
    options: { readonly format: string; readonly suffix: string },
  ) {
    super(message)
    this.code = code
    this.format = options.format
    this.suffix = options.suffix
  }
}

/** Why a layout template cannot be used. */
export type LayoutErrorCode = 'LAYOUT_KEYWORD_UNKNOWN' | 'LAYOUT_KEYWORD_NOT_TEXT' | 'LAYOUT_INVALID'

/** Thrown for a layout template that names no usable path. `keyword` is the part in braces, if that part is the reason. */
export class LayoutError extends Error {
  override readonly name = 'LayoutError'
  readonly code: LayoutErrorCode
  readonly template: string
  readonly keyword: string | undefined

  constructor(
    code: LayoutErrorCode,
    message: string,
    options: { readonly template: string; readonly keyword?: string },
  ) {
    super(message)
    this.code = code
    this.template = options.template
    this.keyword = options.keyword
  }
}

/** Why the optional package `sharp` cannot be used: it is not there, or it does not load. */
export type SharpErrorCode = 'SHARP_MISSING' | 'SHARP_UNUSABLE'

/**
 * Thrown if a format needs the optional package `sharp`, before anything is read, and it is not installed or does not load.
 * Install it as the message says.
 */
export class SharpError extends Error {
  override readonly name = 'SharpError'
  readonly code: SharpErrorCode

  constructor(code: SharpErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options)
    this.code = code
  }
}

/** Why the optional package `zarrita` cannot be used: it is not there, or it does not load. */
export type ZarritaErrorCode = 'ZARRITA_MISSING' | 'ZARRITA_UNUSABLE'

/** Thrown if a format needs the optional package `zarrita`, and it cannot be used. Install it as the message says. */
export class ZarritaError extends Error {
  override readonly name = 'ZarritaError'
  readonly code: ZarritaErrorCode

  constructor(code: ZarritaErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options)
    this.code = code
  }
}

/** Why a picture cannot be encoded. */
export type PictureEncodingErrorCode = 'PICTURE_TOO_LARGE' | 'PICTURE_ENCODING_FAILED'

/** Thrown if a rendered picture does not fit its format, or the encoder fails. Other formats may hold it. */
export class PictureEncodingError extends Error {
  override readonly name = 'PictureEncodingError'
  readonly code: PictureEncodingErrorCode

  constructor(code: PictureEncodingErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options)
    this.code = code
  }
}
