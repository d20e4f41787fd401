/** Why a frame has no samples that could be compared. `damaged`: its bytes are not what they have to be. */
export class FrameFailure extends Error {
  override readonly name = 'FrameFailure'
  readonly code: 'FRAME_DAMAGED' | 'FRAME_NOT_DECODED'

  constructor(code: FrameFailure['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
