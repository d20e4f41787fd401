/** Maximum number of attempts for a job with retryable failures. */
export const mostAttempts = 4

const firstWaitMs = 1000
const growth = 4

/**
 * Returns the milliseconds to wait after a number of failed attempts. The wait grows by a factor of 4 per attempt. A random
 * factor from 0.5 to 1 keeps jobs that failed together from coming back together.
 */
export function repetitionWait(attempts: number, random: () => number = Math.random): number {
  const longest = firstWaitMs * growth ** (attempts - 1)
  return Math.round(longest * (0.5 + random() / 2))
}
