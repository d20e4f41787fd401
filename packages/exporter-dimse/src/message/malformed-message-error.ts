/** Thrown if a message of the peer breaks PS3.7. */
export class MalformedMessageError extends Error {
  override readonly name = 'MalformedMessageError'
}
