/** What is wrong with the target of an export. */
export type OutputErrorCode =
  | 'OUTPUT_NOT_A_DIRECTORY'
  | 'OUTPUT_NOT_WRITABLE'
  | 'OUTPUT_DISK_FULL'
  | 'OUTPUT_EXISTS'
  | 'OUTPUT_LOCKED'
  | 'OUTPUT_NOT_OPEN'
  | 'OUTPUT_NO_MANIFEST'
  | 'OUTPUT_FAILED'

/**
 * Thrown when the target of an export cannot be used or written. `fatal` says that the next file would fare no better:
 * stop, mend the target, resume. What was written and journaled before stays.
 */
export class OutputError extends Error {
  override readonly name = 'OutputError'
  readonly code: OutputErrorCode
  readonly path: string
  readonly fatal: boolean

  constructor(code: OutputErrorCode, message: string, options: { readonly path: string; readonly cause?: unknown }) {
    super(message, { cause: options.cause })
    this.code = code
    this.path = options.path
    this.fatal = code !== 'OUTPUT_FAILED'
  }
}

/** Why a layout template cannot be used. */
export type LayoutErrorCode = 'LAYOUT_KEYWORD_UNKNOWN' | 'LAYOUT_KEYWORD_NOT_TEXT' | 'LAYOUT_INVALID'

/** Thrown for a layout template that names no usable path. `keyword` is the part in braces, where that is what is wrong. */
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
