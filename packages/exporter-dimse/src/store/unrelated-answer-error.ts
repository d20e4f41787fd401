/** Thrown for an answer that is not the one to the request. The message is the end of a sentence. */
export class UnrelatedAnswerError extends Error {
  override readonly name = 'UnrelatedAnswerError'
}
