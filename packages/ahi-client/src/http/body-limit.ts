import { ServiceFailure } from '../errors/service-failure.ts'

/** The longest body that is accepted. */
export interface BodyLimit {
  readonly byteLength: number
  /** The option that raises the limit. Without one, a longer body counts as damaged. */
  readonly option?: string | undefined
}

/** Longest body of an error that is read. Errors of AWS are far shorter. */
export const longestErrorByteLength = 65_536

/** Returns the failure for a body that exceeds its limit. */
export function tooLong({ byteLength, option }: BodyLimit, { isRetryable }: { isRetryable: boolean }): ServiceFailure {
  const reason = `the answer is longer than ${byteLength} bytes`
  if (option === undefined) return new ServiceFailure('AHI_RESPONSE', reason, { retryable: isRetryable })
  return new ServiceFailure('AHI_TOO_LARGE', `${reason}, the limit \`${option}\``, { retryable: isRetryable })
}
