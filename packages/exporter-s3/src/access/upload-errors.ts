/** Thrown if the checksum in S3's answer differs from the checksum of the bytes that were sent. */
export class ChecksumMismatchError extends Error {
  override readonly name = 'ChecksumMismatchError'

  constructor(answered: string, sent: string) {
    super(`S3 answered with the checksum ${answered}, but the bytes sent have ${sent}`)
  }
}

/**
 * Thrown if a file does not fit into the parts of an upload. The size of a file is not known in advance, so this comes only
 * after all the parts were sent.
 */
export class TooManyPartsError extends Error {
  override readonly name = 'TooManyPartsError'

  constructor(partSize: number) {
    super(`it is longer than ${maxParts} parts of ${partSize} bytes, the most that S3 accepts`)
  }
}

/** Most parts of one upload: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html. */
export const maxParts = 10_000
