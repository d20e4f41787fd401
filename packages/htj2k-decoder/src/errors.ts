/**
 * The errors of this package. Each has a literal `name` and a `code`: test those instead of the class if an error may
 * come from another copy of the package or another thread.
 * @module
 */

/** Reasons why a code stream cannot be decoded. */
export type CodeStreamErrorCode =
  /** It is neither JPEG 2000 nor JPEG, or breaks the standard. */
  | 'CODE_STREAM_INVALID'
  /** It ends before its own markers say. */
  | 'CODE_STREAM_TRUNCATED'
  /** It may be sound, but uses what this package does not decode. */
  | 'CODE_STREAM_UNSUPPORTED'

/**
 * Thrown for a code stream that cannot be decoded. Fetch a truncated one again. An unsupported one needs another
 * decoder, or a higher `maxFrameByteLength` if the message says so.
 */
export class CodeStreamError extends Error {
  override readonly name = 'CodeStreamError'
  readonly code: CodeStreamErrorCode
  /** Length of the input in bytes. */
  readonly byteLength: number
  /** The reason alone, without the words around it in `message`. */
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

/** Thrown when a frame takes longer than the pool's `timeoutMs`. Its thread was replaced; other frames are not hurt. */
export class DecodeTimeoutError extends Error {
  override readonly name = 'DecodeTimeoutError'
  readonly code = 'DECODE_TIMEOUT'
  readonly byteLength: number
  readonly timeoutMs: number

  constructor({ byteLength, timeoutMs }: { readonly byteLength: number; readonly timeoutMs: number }) {
    super(
      `Cannot decode the code stream of ${byteLength} bytes: it took longer than ${timeoutMs} ms; ` +
        'raise `timeoutMs` where frames are that large',
    )
    this.byteLength = byteLength
    this.timeoutMs = timeoutMs
  }
}

/** Reasons why a pool cannot decode. */
export type DecoderPoolErrorCode =
  /** A thread could not start, or died; `cause` says why. The frame may be given again. */
  | 'DECODER_WORKER_FAILED'
  /** The pool was closed before the frame was decoded. */
  | 'DECODER_POOL_CLOSED'
  /** Browsers have no pool. Use `decodeFrame`. */
  | 'DECODER_POOL_NOT_IN_BROWSERS'

/** Thrown when the pool, not the code stream, is at fault. */
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
  /** Where the file was looked for. */
  readonly url: string

  constructor({ url, why, cause }: { readonly url: string; readonly why: string; readonly cause?: unknown }) {
    super(
      `Cannot load the codec ${url}: ${why}; put the file there, or say with \`setCodecFiles\` where it is`,
      cause === undefined ? undefined : { cause },
    )
    this.url = url
  }
}
