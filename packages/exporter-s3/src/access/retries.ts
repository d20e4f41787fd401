import { ServiceFailure } from '@ahi-dicom/ahi-client/http'
import type { S3ClientConfig } from '@aws-sdk/client-s3'

/** What decides about the attempts of a client of the SDK. That of the SDK gives up early if many requests fail at a time. */
type Retries = Extract<NonNullable<S3ClientConfig['retryStrategy']>, { readonly recordSuccess: unknown }>
type Attempt = Parameters<Retries['recordSuccess']>[0]
type Failure = Parameters<Retries['refreshRetryTokenForRetry']>[1]

/** Attempts of one request. With the waits between them they take about a minute. */
const mostAttempts = 8
/** The first wait. Each one after it is three times as long, up to the longest. */
const firstWaitMs = 100
const firstWaitOfThrottledMs = 500
const longestWaitMs = 20_000

/**
 * Decides whether a request is sent again, and when. Nobody at the address is a wrong address, which is told at once, until
 * a request has succeeded: from then on it is an outage, which is waited out.
 */
export function createRetries({ isKnown = false }: { readonly isKnown?: boolean | undefined } = {}): Retries {
  let isThere = isKnown

  function isWorthAnother({ error, errorType }: Failure): boolean {
    if (error instanceof ServiceFailure) return error.retryable && (isThere || !error.unreachable)
    return errorType === 'THROTTLING' || errorType === 'TRANSIENT'
  }

  return {
    acquireInitialRetryToken: async () => attempt(0, 0),
    async refreshRetryTokenForRetry(last, failure) {
      const count = last.getRetryCount() + 1
      if (count === mostAttempts || !isWorthAnother(failure)) throw new Error('no other attempt')
      return attempt(count, waitMs(count, failure))
    },
    recordSuccess() {
      isThere = true
    },
  }
}

function attempt(count: number, delayMs: number): Attempt {
  return { getRetryCount: () => count, getRetryDelay: () => delayMs }
}

/** From half of a wait to the whole of it: requests that failed together come back one after another. */
function waitMs(count: number, { errorType, retryAfterHint }: Failure): number {
  const first = errorType === 'THROTTLING' ? firstWaitOfThrottledMs : firstWaitMs
  const longest = Math.min(first * 3 ** (count - 1), longestWaitMs)
  const asked = retryAfterHint === undefined ? 0 : retryAfterHint.getTime() - Date.now()
  return Math.max(longest * (0.5 + Math.random() / 2), Math.min(asked, longestWaitMs))
}
