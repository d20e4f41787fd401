/** S3 says that it has other bytes than were sent. */
export class ChecksumMismatchError extends Error {
  override readonly name = 'ChecksumMismatchError'

  constructor(answered: string, sent: string) {
    super(`S3 answered the checksum ${answered}, and what was sent has ${sent}`)
  }
}
