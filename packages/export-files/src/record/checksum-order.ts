import type { ChecksumResult } from './entries.ts'

/** All results of comparing checksums. */
export const leastVerifiedFirst: readonly ChecksumResult[] = ['unverified', 'skipped', 'verified', 'none']

/** Returns the result of two files together. */
export function lessVerified(a: ChecksumResult, b: ChecksumResult): ChecksumResult {
  return leastVerifiedFirst.find((result) => result === a || result === b) ?? 'none'
}
