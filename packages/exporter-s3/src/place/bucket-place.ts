import { hash } from 'node:crypto'
import { maskPath, type PathMask } from '@ahi-dicom/export-files'
import { recordFolder, recordFolderOf, requireWriterName } from '@ahi-dicom/export-files/writers'
import { isBucketName, isPrefix, trimPrefix } from '../names.ts'

/** The location of an export in a bucket. Converts between paths and keys. */
export interface BucketPlace {
  readonly bucket: string
  /** Prefix of all keys: empty, or a text that ends with a slash. */
  readonly start: string
  /** Name of the location in messages, for example `s3://my-bucket/exports`. */
  readonly name: string
  /** Name of the record's folder in messages. */
  readonly recordName: string
  /**
   * Identifies the objects of this export. Other writers, and exports whose prefix begins with this one, have other ids. It
   * is a hash, so it reveals no name.
   */
  readonly exportId: string
  /** Returns the key of a path. Paths below {@link recordFolder} map to the folder of this writer's record. */
  keyOf(path: string): string
  /** Returns the path of a key, or undefined if the object is not a file of this export. */
  pathOf(key: string): string | undefined
  /** Returns the name of an object for messages, with patient data masked. */
  show(path: string, mask: PathMask): string
}

/** Folder for the files of a new version of an image set until the version is complete. */
const stagedFolder = `${recordFolder}staged/`

/** Folder of the objects that `checkBucket` writes and removes. A killed check may leave one. */
export const checkFolder: string = `${recordFolder}check/`

/** Options of {@link bucketPlace}. */
export interface BucketPlaceOptions {
  readonly bucket: string
  readonly prefix?: string | undefined
  readonly writer?: string | undefined
}

/**
 * Returns the location of an export in a bucket.
 *
 * @throws {TypeError} if the name of the bucket, the prefix or the name of the writer is not valid
 */
export function bucketPlace({ bucket, prefix = '', writer }: BucketPlaceOptions): BucketPlace {
  if (!isBucketName(bucket)) {
    throw new TypeError(
      `Expected the \`bucket\` option to be the name of a bucket, such as \`my-bucket\`, got \`${bucket}\``,
    )
  }
  const trimmed = trimPrefix(prefix)
  if (!isPrefix(trimmed)) {
    throw new TypeError('Expected the `prefix` option to contain no `.` or `..` parts and no control characters')
  }
  requireWriterName(writer)
  const start = trimmed === '' ? '' : `${trimmed}/`
  const root = `s3://${bucket}/${start}`
  const ownFolder = recordFolderOf(writer)
  const ownStaged = ownFolder + stagedFolder.slice(recordFolder.length)
  const keyOf = (path: string): string =>
    start + (path.startsWith(recordFolder) ? ownFolder + path.slice(recordFolder.length) : path)
  return {
    bucket,
    start,
    name: root.replace(/\/$/u, ''),
    recordName: `${root}${ownFolder}`.replace(/\/$/u, ''),
    exportId: hash('sha256', writer === undefined ? root : root + ownFolder).slice(0, 32),
    keyOf,
    pathOf(key) {
      const path = key.slice(start.length)
      // Web consoles create objects with a slash at the end to show folders. They are not files.
      if (path === '' || path.endsWith('/')) return undefined
      if (!path.startsWith(recordFolder)) return path
      return path.startsWith(ownStaged) ? stagedFolder + path.slice(ownStaged.length) : undefined
    },
    show: (path, mask) => root + maskPath(path, mask),
  }
}
