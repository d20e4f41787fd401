import type { ChecksumResult } from './entries.ts'

/** All checksum results, the least verified first. */
export const leastVerifiedFirst: readonly ChecksumResult[] = ['unverified', 'skipped', 'verified', 'none']

/**
 * Returns the less verified one of two checksum results.
 * @example
 * import { lessVerified } from '@ahi-dicom/export-files'
 *
 * console.log(lessVerified('verified', 'unverified')) // unverified
 */
export function lessVerified(a: ChecksumResult, b: ChecksumResult): ChecksumResult {
  return leastVerifiedFirst.find((result) => result === a || result === b) ?? 'none'
}
