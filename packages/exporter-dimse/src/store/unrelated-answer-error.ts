/** Thrown if a response belongs to another request. The message continues a sentence. */
export class UnrelatedAnswerError extends Error {
  override readonly name = 'UnrelatedAnswerError'
}
