import { hash } from 'node:crypto'
import { maskPath, type PathMask } from '@ahi-dicom/export-files'
import { recordFolder, recordFolderOf, requireWriterName } from '@ahi-dicom/export-files/writers'
import { isBucketName, isPrefix, trimPrefix } from '../names.ts'

/** A part of a bucket, and the keys of the objects in it. */
export interface BucketPlace {
  readonly bucket: string
  /** What keys begin with: nothing, or a prefix with a slash at its end. */
  readonly start: string
  /** What messages call it. */
  readonly name: string
  /** What messages call the folder of the record. */
  readonly recordName: string
  /**
   * Tells the objects of this export from those of others: of other writers, and of exports whose prefix lies below this
   * one. Names nobody.
   */
  readonly exportId: string
  /** Returns the key of a path. What a path has below {@link recordFolder} lies in the folder of the writer. */
  keyOf(path: string): string
  /** Returns the path of the object with a key, or undefined if it is none of the files of this export. */
  pathOf(key: string): string | undefined
  /** Returns what messages call an object. */
  show(path: string, mask: PathMask): string
}

/** Folder where files of a new version of an image set wait. */
const stagedFolder = `${recordFolder}staged/`

/** Folder of objects that a check writes and removes. A kill may leave one. */
export const checkFolder: string = `${recordFolder}check/`

/** Where an export lies. */
export interface BucketPlaceOptions {
  readonly bucket: string
  readonly prefix?: string | undefined
  readonly writer?: string | undefined
}

/**
 * Returns a part of a bucket.
 *
 * @throws {TypeError} if no bucket or writer can have the name, or no export can lie under the prefix
 */
export function bucketPlace({ bucket, prefix = '', writer }: BucketPlaceOptions): BucketPlace {
  if (!isBucketName(bucket)) {
    throw new TypeError(
      `Expected the \`bucket\` option to be the name of a bucket, such as \`my-bucket\`, got \`${bucket}\``,
    )
  }
  const trimmed = trimPrefix(prefix)
  if (!isPrefix(trimmed)) {
    throw new TypeError('Expected the `prefix` option to have no parts `.` and `..` and no control characters')
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
      // Objects that stand for folders, as consoles make them, are no files.
      if (path === '' || path.endsWith('/')) return undefined
      if (!path.startsWith(recordFolder)) return path
      return path.startsWith(ownStaged) ? stagedFolder + path.slice(ownStaged.length) : undefined
    },
    show: (path, mask) => root + maskPath(path, mask),
  }
}
