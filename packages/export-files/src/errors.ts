/**
 * Errors of this package and of destinations.
 * @module
 */

/** Codes of {@link OutputError}. The README explains each. */
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

/** Errors that concern one file only: other files can still be written. */
const codesOfOneFile: ReadonlySet<OutputErrorCode> = new Set([
  'OUTPUT_FAILED',
  'OUTPUT_FILE_LOST',
  'OUTPUT_FILE_REFUSED',
  'OUTPUT_NOT_A_FILE',
])

/**
 * Thrown when the destination of an export cannot be used or written. If `fatal`, the next file would fail as well:
 * stop, fix the destination, then resume. Files that are already recorded stay.
 */
export class OutputError extends Error {
  override readonly name = 'OutputError'
  readonly code: OutputErrorCode
  readonly path: string
  readonly fatal: boolean
  /** True if the same call may succeed later without a change, for example when a server is available again. */
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

/** Codes of {@link SeriesFileError}. */
export type SeriesFileErrorCode = 'SERIES_FILE_SUFFIX' | 'SERIES_FILE_REPEATED'

/** Thrown if the suffix of a file of a series is not allowed, or if another file of the series has the same suffix. */
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

/** Codes of {@link LayoutError}. */
export type LayoutErrorCode = 'LAYOUT_KEYWORD_UNKNOWN' | 'LAYOUT_KEYWORD_NOT_TEXT' | 'LAYOUT_INVALID'

/** Thrown if a layout template does not make a valid path. `keyword` is the part in braces that is wrong, if one is. */
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

/** Codes of {@link SharpError}: the package `sharp` is not installed, or does not load. */
export type SharpErrorCode = 'SHARP_MISSING' | 'SHARP_UNUSABLE'

/**
 * Thrown if a format needs the optional package `sharp`, and it is not installed or does not load. It is thrown when
 * the format is created. The message says how to install the package.
 */
export class SharpError extends Error {
  override readonly name = 'SharpError'
  readonly code: SharpErrorCode

  constructor(code: SharpErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options)
    this.code = code
  }
}

/** Codes of {@link ZarritaError}: the package `zarrita` is not installed, or does not load. */
export type ZarritaErrorCode = 'ZARRITA_MISSING' | 'ZARRITA_UNUSABLE'

/**
 * Thrown if a format needs the optional package `zarrita`, and it is not installed or does not load. The message says
 * how to install it.
 */
export class ZarritaError extends Error {
  override readonly name = 'ZarritaError'
  readonly code: ZarritaErrorCode

  constructor(code: ZarritaErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options)
    this.code = code
  }
}

/** Codes of {@link PictureEncodingError}. */
export type PictureEncodingErrorCode = 'PICTURE_TOO_LARGE' | 'PICTURE_ENCODING_FAILED'

/** Thrown if a picture is too large for its format, or if the encoder fails. Another format may work. */
export class PictureEncodingError extends Error {
  override readonly name = 'PictureEncodingError'
  readonly code: PictureEncodingErrorCode

  constructor(code: PictureEncodingErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options)
    this.code = code
  }
}
