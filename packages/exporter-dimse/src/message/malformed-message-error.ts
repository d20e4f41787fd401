/** Thrown for a message of the peer that PS3.7 does not allow. */
export class MalformedMessageError extends Error {
  override readonly name = 'MalformedMessageError'
}
