import { ServiceFailure } from '@ahi-dicom/ahi-client/http'
import type { S3ClientConfig } from '@aws-sdk/client-s3'

/** A retry strategy of the AWS SDK. The SDK's own strategy gives up early if many requests fail at the same time. */
type Retries = Extract<NonNullable<S3ClientConfig['retryStrategy']>, { readonly recordSuccess: unknown }>
type Attempt = Parameters<Retries['recordSuccess']>[0]
type Failure = Parameters<Retries['refreshRetryTokenForRetry']>[1]

/** Attempts of one request. Together with the waits between them, they take about a minute. */
const maxAttempts = 8
/** The first wait. Each later wait is three times as long, up to `longestWaitMs`. */
const firstWaitMs = 100
const firstThrottledWaitMs = 500
const longestWaitMs = 20_000

/**
 * Returns a retry strategy. Until a request has succeeded, an address that nobody answers counts as wrong and fails at once.
 * After that, it counts as an outage and is retried. Throttling and temporary failures are always retried.
 */
export function createRetries({ hasAnswered = false }: { readonly hasAnswered?: boolean | undefined } = {}): Retries {
  let isReachable = hasAnswered

  function isWorthAnother({ error, errorType }: Failure): boolean {
    if (error instanceof ServiceFailure) return error.retryable && (isReachable || !error.unreachable)
    return errorType === 'THROTTLING' || errorType === 'TRANSIENT'
  }

  return {
    acquireInitialRetryToken: async () => attempt(0, 0),
    async refreshRetryTokenForRetry(last, failure) {
      const count = last.getRetryCount() + 1
      if (count === maxAttempts || !isWorthAnother(failure)) throw new Error('no other attempt')
      return attempt(count, waitMs(count, failure))
    },
    recordSuccess() {
      isReachable = true
    },
  }
}

function attempt(count: number, delayMs: number): Attempt {
  return { getRetryCount: () => count, getRetryDelay: () => delayMs }
}

/** Returns a random time between half the wait and the full wait, so that requests that failed together do not return together. */
function waitMs(count: number, { errorType, retryAfterHint }: Failure): number {
  const first = errorType === 'THROTTLING' ? firstThrottledWaitMs : firstWaitMs
  const longest = Math.min(first * 3 ** (count - 1), longestWaitMs)
  const asked = retryAfterHint === undefined ? 0 : retryAfterHint.getTime() - Date.now()
  return Math.max(longest * (0.5 + Math.random() / 2), Math.min(asked, longestWaitMs))
}
