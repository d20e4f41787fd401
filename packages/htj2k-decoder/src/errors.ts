/**
 * The errors of this package. Each has a literal `name` and a `code`. Test those and not the class if an error may come
 * from another copy of the package or from another thread.
 * @module
 */

/** Reasons why a code stream cannot be decoded. */
export type CodeStreamErrorCode =
  /** The bytes are neither JPEG 2000 nor JPEG, or break the standard. */
  | 'CODE_STREAM_INVALID'
  /** The code stream ends early by its own markers. */
  | 'CODE_STREAM_TRUNCATED'
  /** The code stream may be valid, but uses an option that this package does not decode. */
  | 'CODE_STREAM_UNSUPPORTED'

/**
 * Thrown if a code stream cannot be decoded. If it is truncated, fetch it again. If it is unsupported, use another
 * decoder, or raise `maxFrameByteLength` if the message says so.
 */
export class CodeStreamError extends Error {
  override readonly name = 'CodeStreamError'
  readonly code: CodeStreamErrorCode
  /** Length of the input in bytes. */
  readonly byteLength: number
  /** Only the reason, without the rest of `message`. */
  readonly why: string

  constructor(
    code: CodeStreamErrorCode,
    options: { readonly byteLength: number; readonly why: string; readonly cause?: unknown },
  ) {
    const { byteLength, why, ...cause } = options
    super(`Cannot decode the code stream of ${byteLength} bytes: ${why}`, cause)
    this.code = code
    this.byteLength = byteLength
    this.why = why
  }
}

/**
 * Thrown when a frame takes longer than `timeoutMs` of the pool. Its thread was replaced. Other frames are not
 * affected.
 */
export class DecodeTimeoutError extends Error {
  override readonly name = 'DecodeTimeoutError'
  readonly code = 'DECODE_TIMEOUT'
  readonly byteLength: number
  readonly timeoutMs: number

  constructor({ byteLength, timeoutMs }: { readonly byteLength: number; readonly timeoutMs: number }) {
    super(
      `Cannot decode the code stream of ${byteLength} bytes: it took longer than ${timeoutMs} ms; ` +
        'raise `timeoutMs` if you expect such frames',
    )
    this.byteLength = byteLength
    this.timeoutMs = timeoutMs
  }
}

/** Reasons why a pool cannot decode. */
export type DecoderPoolErrorCode =
  /** A thread could not start, or died; `cause` has the reason. You may decode the frame again. */
  | 'DECODER_WORKER_FAILED'
  /** The pool was closed before the frame was decoded. */
  | 'DECODER_POOL_CLOSED'
  /** Browsers have no pool. Use `decodeFrame`. */
  | 'DECODER_POOL_NOT_IN_BROWSERS'

/** Thrown when the pool fails and not the code stream. */
export class DecoderPoolError extends Error {
  override readonly name = 'DecoderPoolError'
  readonly code: DecoderPoolErrorCode

  constructor(code: DecoderPoolErrorCode, why: string, options?: { readonly cause?: unknown }) {
    super(`Cannot decode a frame: ${why}`, options)
    this.code = code
  }
}

/** Thrown in browsers when the WebAssembly file of a codec cannot be loaded. */
export class CodecFileError extends Error {
  override readonly name = 'CodecFileError'
  readonly code = 'CODEC_FILE_NOT_LOADED'
  /** URL of the file. */
  readonly url: string

  constructor({ url, why, cause }: { readonly url: string; readonly why: string; readonly cause?: unknown }) {
    super(
      `Cannot load the codec ${url}: ${why}; put the file there, or set its location with \`setCodecFiles\``,
      cause === undefined ? undefined : { cause },
    )
    this.url = url
  }
}
