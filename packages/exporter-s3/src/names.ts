/**
 * Which names buckets, prefixes and writers may have, and where records lie. Loads nothing else.
 * @module
 */

/**
 * Returns whether a bucket, or an access point by its ARN, may have the name:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html.
 */
export function isBucketName(name: string): boolean {
  return isAccessPoint(name) || bucketName.test(name)
}

/** Returns whether a text is the ARN of an access point. */
function isAccessPoint(name: string): boolean {
  return /^arn:aws[\w-]*:s3[\w-]*:[\w-]*:\d*:(?:accesspoint|outpost)[\w:/-]+$/u.test(name)
}

const bucketName = /^(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z\d][a-z\d.-]{1,61}[a-z\d]$/u

/** Returns whether an export may lie under a prefix: no part of it is `.` or `..`, and nothing in it is a control character. */
export function isPrefix(prefix: string): boolean {
  return !prefix.split('/').some((name) => name === '.' || name === '..') && !/\p{Cc}/u.test(prefix)
}

/** Returns a prefix without slashes at its ends. */
export function trimPrefix(prefix: string): string {
  return prefix.replace(/^\/+|\/+$/gu, '')
}

/** Returns whether a writer may have the name: 1 to 64 letters of ASCII, digits, dots, hyphens and underscores. */
export function isWriterName(name: string): boolean {
  return /^[\w-][\w.-]{0,63}$/u.test(name)
}

/** Folder of a record. */
export const recordFolder = '.ahi-dicom/'

/** Folder of the records of writers, each in a folder of its name. */
export const writersFolder: string = `${recordFolder}writers/`

/** Returns the folder of the record of a writer, or of the one without a name. */
export function recordFolderOf(writer: string | undefined): string {
  return writer === undefined ? recordFolder : `${writersFolder}${writer}/`
}
