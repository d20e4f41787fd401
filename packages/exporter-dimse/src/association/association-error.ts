/**
 * Why there is no association, or no longer.
 *
 * - `away`: no connection, or a connection that broke: it may come back.
 * - `busy`: the peer takes no further association for now.
 * - `unknown`: there is no such host.
 * - `refused`: the peer does not want this one, or speaks another protocol: somebody has to change something.
 */
export type AssociationFailure = 'away' | 'busy' | 'unknown' | 'refused'

/** Thrown if an association cannot be opened, or is lost. The message is the end of a sentence. */
export class AssociationError extends Error {
  override readonly name = 'AssociationError'
  readonly failure: AssociationFailure

  constructor(failure: AssociationFailure, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options)
    this.failure = failure
  }
}
