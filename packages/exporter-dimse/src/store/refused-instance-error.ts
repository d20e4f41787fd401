/** Thrown for an instance that the peer does not take. The message is the end of a sentence. */
export class RefusedInstanceError extends Error {
  override readonly name = 'RefusedInstanceError'
  readonly retryable: boolean

  constructor(message: string, options: { readonly retryable?: boolean } = {}) {
    super(message)
    this.retryable = options.retryable ?? false
  }
}
