/** Thrown if the peer does not accept an instance. The message continues a sentence. */
export class RefusedInstanceError extends Error {
  override readonly name = 'RefusedInstanceError'
  readonly retryable: boolean

  constructor(message: string, options: { readonly retryable?: boolean } = {}) {
    super(message)
    this.retryable = options.retryable ?? false
  }
}
