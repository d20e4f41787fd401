/**
 * Checks names of buckets and prefixes. Imports nothing, so it loads fast.
 * @module
 */

/**
 * Returns true if the text is a valid bucket name or the ARN of an access point:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html.
 *
 * @example
 * import { isBucketName } from '@ahi-dicom/exporter-s3/names'
 *
 * console.log(isBucketName('exports-2026'), isBucketName('Exports')) // true false
 */
export function isBucketName(name: string): boolean {
  return isAccessPoint(name) || bucketName.test(name)
}

function isAccessPoint(name: string): boolean {
  return /^arn:aws[\w-]*:s3[\w-]*:[\w-]*:\d*:(?:accesspoint|outpost)[\w:/-]+$/u.test(name)
}

const bucketName = /^(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z\d][a-z\d.-]{1,61}[a-z\d]$/u

/**
 * Returns true if an export can use the prefix: no part of it is `.` or `..`, and it contains no control character.
 *
 * @example
 * import { isPrefix } from '@ahi-dicom/exporter-s3/names'
 *
 * console.log(isPrefix('exports/2026'), isPrefix('../exports')) // true false
 */
export function isPrefix(prefix: string): boolean {
  return !prefix.split('/').some((name) => name === '.' || name === '..') && !/\p{Cc}/u.test(prefix)
}

/**
 * Returns the prefix without slashes at its start and end.
 *
 * @example
 * import { trimPrefix } from '@ahi-dicom/exporter-s3/names'
 *
 * console.log(trimPrefix('/exports/2026/')) // exports/2026
 */
export function trimPrefix(prefix: string): string {
  return prefix.replace(/^\/+|\/+$/gu, '')
}
