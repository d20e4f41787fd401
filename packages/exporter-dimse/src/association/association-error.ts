/**
 * Why an association could not be opened, or was lost.
 *
 * - `away`: no connection, or a broken one. It may come back.
 * - `busy`: the peer accepts no further association for now.
 * - `unknown`: the host does not exist.
 * - `refused`: the peer rejects this association, or speaks another protocol. A setting must be changed.
 */
export type AssociationFailure = 'away' | 'busy' | 'unknown' | 'refused'

/** Thrown if an association cannot be opened, or is lost. The message continues a sentence. */
export class AssociationError extends Error {
  override readonly name = 'AssociationError'
  readonly failure: AssociationFailure

  constructor(failure: AssociationFailure, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options)
    this.failure = failure
  }
}
