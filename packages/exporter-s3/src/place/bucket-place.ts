import { hash } from 'node:crypto'
import { maskPath, type PathMask } from '@ahi-dicom/export-files'
import { isBucketName, isPrefix, trimPrefix } from '../names.ts'

/** A part of a bucket, and the keys of the objects in it. */
export interface BucketPlace {
  readonly bucket: string
  /** What keys begin with: nothing, or a prefix with a slash at its end. */
  readonly start: string
  /** What messages call it. */
  readonly name: string
  /** Tells the objects of this export from those of others, whose prefix may lie below this one. Names nobody. */
  readonly exportId: string
  keyOf(path: string): string
  /** Returns what messages call an object. */
  show(path: string, mask: PathMask): string
}

/** Folder of the record. */
export const recordFolder = '.ahi-dicom/'

/** Folder where files of a new version of an image set wait. */
const stagedFolder = `${recordFolder}staged/`

/** Folder of objects that a check writes and removes. A kill may leave one. */
export const checkFolder: string = `${recordFolder}check/`

/**
 * Returns a part of a bucket.
 *
 * @throws {TypeError} if no bucket can have the name, or no export can lie under the prefix
 */
export function bucketPlace({
  bucket,
  prefix = '',
}: {
  readonly bucket: string
  readonly prefix?: string | undefined
}): BucketPlace {
  if (!isBucketName(bucket)) {
    throw new TypeError(
      `Expected the \`bucket\` option to be the name of a bucket, such as \`my-bucket\`, got \`${bucket}\``,
    )
  }
  const trimmed = trimPrefix(prefix)
  if (!isPrefix(trimmed)) {
    throw new TypeError('Expected the `prefix` option to have no parts `.` and `..` and no control characters')
  }
  const start = trimmed === '' ? '' : `${trimmed}/`
  const root = `s3://${bucket}/${start}`
  return {
    bucket,
    start,
    name: root.replace(/\/$/u, ''),
    exportId: hash('sha256', root).slice(0, 32),
    keyOf: (path) => start + path,
    show: (path, mask) => root + maskPath(path, mask),
  }
}

/** Returns whether a path is that of an object of the record. */
export function isRecordPath(path: string): boolean {
  return path.startsWith(recordFolder) && !path.startsWith(stagedFolder)
}
