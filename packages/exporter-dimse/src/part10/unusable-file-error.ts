/** Thrown if a file cannot be sent. The message continues a sentence. */
export class UnusableFileError extends Error {
  override readonly name = 'UnusableFileError'
}
