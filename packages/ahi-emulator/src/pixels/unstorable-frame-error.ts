import type { WarningName } from './warning-codes.ts'

/** Pixel data cannot be stored as frames. The import keeps it in one piece, with a warning, and continues. */
export class UnstorableFrameError extends Error {
  override readonly name = 'UnstorableFrameError'
  readonly code = 'UNSTORABLE_FRAME'
  /** AHI's name for the warning. */
  readonly warning: WarningName

  constructor(reason: string, options: ErrorOptions & { readonly warning?: WarningName } = {}) {
    super(reason, options)
    this.warning = options.warning ?? 'TRANSCODING_EXCEPTION'
  }
}
