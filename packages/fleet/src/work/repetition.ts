/** How often a job is tried whose failures may pass by themselves. */
export const mostAttempts = 4

const firstWaitMs = 1000
const growth = 4

/**
 * Returns for how long a job waits after so many attempts, in milliseconds: exponentially longer, and between half and all
 * of it by chance, so that jobs that failed together do not come back together.
 */
export function repetitionWait(attempts: number, random: () => number = Math.random): number {
  const longest = firstWaitMs * growth ** (attempts - 1)
  return Math.round(longest * (0.5 + random() / 2))
}
