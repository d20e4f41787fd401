/** Thrown for a file that cannot be sent. The message is the end of a sentence. */
export class UnusableFileError extends Error {
  override readonly name = 'UnusableFileError'
}
