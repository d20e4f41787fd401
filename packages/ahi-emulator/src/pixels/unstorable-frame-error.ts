import type { WarningName } from './warning-codes.ts'

/** No frames can be made of pixel data. An import keeps it as one piece, with a warning, and goes on. */
export class UnstorableFrameError extends Error {
  override readonly name = 'UnstorableFrameError'
  readonly code = 'UNSTORABLE_FRAME'
  /** What AHI calls it. */
  readonly warning: WarningName

  constructor(reason: string, options: ErrorOptions & { readonly warning?: WarningName } = {}) {
    super(reason, options)
    this.warning = options.warning ?? 'TRANSCODING_EXCEPTION'
  }
}
