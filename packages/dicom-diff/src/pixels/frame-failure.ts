/** Thrown if a frame has no samples to compare. `FRAME_DAMAGED`: its bytes are wrong. */
export class FrameFailure extends Error {
  override readonly name = 'FrameFailure'
  readonly code: 'FRAME_DAMAGED' | 'FRAME_NOT_DECODED'

  constructor(code: FrameFailure['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
