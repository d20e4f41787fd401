/** Why a frame cannot be rendered. */
export type RenderErrorCode =
  | 'RENDER_PIXEL_COUNT_MISMATCH'
  | 'RENDER_PHOTOMETRIC_INTERPRETATION_UNSUPPORTED'
  | 'RENDER_PALETTE_MISSING'
  | 'RENDER_WINDOW_INVALID'
  | 'RENDER_LOOKUP_TABLE_INVALID'

/**
 * Thrown when pixels and description do not make a picture, or the window asked for is none.
 * The pixels themselves may still be good: export them as DICOM, or ask for another window.
 */
export class RenderError extends Error {
  override readonly name = 'RenderError'
  readonly code: RenderErrorCode

  constructor(code: RenderErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
