/** S3 says that it has other bytes than were sent. */
export class ChecksumMismatchError extends Error {
  override readonly name = 'ChecksumMismatchError'

  constructor(answered: string, sent: string) {
    super(`S3 answered the checksum ${answered}, and what was sent has ${sent}`)
  }
}

/** A file does not fit into the parts of an upload. Whether it does is known once so much of it was sent. */
export class TooManyPartsError extends Error {
  override readonly name = 'TooManyPartsError'

  constructor(partSize: number) {
    super(`it is longer than ${mostParts} parts of ${partSize} bytes, and S3 takes no more parts`)
  }
}

/** S3 takes so many parts of an object: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html. */
export const mostParts = 10_000
