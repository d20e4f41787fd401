/** The reason why a frame cannot be rendered. */
export type RenderErrorCode =
  | 'RENDER_PIXEL_COUNT_MISMATCH'
  | 'RENDER_PHOTOMETRIC_INTERPRETATION_UNSUPPORTED'
  | 'RENDER_PALETTE_MISSING'
  | 'RENDER_WINDOW_INVALID'
  | 'RENDER_LOOKUP_TABLE_INVALID'

/**
 * Thrown if pixels and description do not make a picture, or if the window of the caller is not valid.
 * The pixels themselves may still be good: export them as DICOM, or choose another window.
 */
export class RenderError extends Error {
  override readonly name = 'RenderError'
  readonly code: RenderErrorCode

  constructor(code: RenderErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Thrown if an instance lacks the requested frame. Choose one of its frames. */
export class PictureError extends Error {
  override readonly name = 'PictureError'
  readonly code = 'PICTURE_NO_SUCH_FRAME'
  readonly sopInstanceUid: string
  /** Counted from 0. */
  readonly frame: number

  constructor(message: string, options: { readonly sopInstanceUid: string; readonly frame: number }) {
    super(message)
    this.sopInstanceUid = options.sopInstanceUid
    this.frame = options.frame
  }
}
