import { ServiceFailure } from '../errors/service-failure.ts'

/** How long a body may be. */
export interface BodyLimit {
  readonly byteLength: number
  /** The option that raises it. Default: none, and a longer body is damage. */
  readonly option?: string | undefined
}

/** Errors of AWS are far shorter. */
export const longestErrorByteLength = 65_536

/** Returns the failure of a body that is longer than it may be. */
export function tooLong({ byteLength, option }: BodyLimit, { isRetryable }: { isRetryable: boolean }): ServiceFailure {
  const reason = `the answer is longer than ${byteLength} bytes`
  if (option === undefined) return new ServiceFailure('AHI_RESPONSE', reason, { retryable: isRetryable })
  return new ServiceFailure('AHI_TOO_LARGE', `${reason}, the limit \`${option}\``, { retryable: isRetryable })
}
