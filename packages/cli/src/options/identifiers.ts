import { UsageError } from '../errors.ts'

/** Returns a data store id (32 characters of 0-9a-z), or throws a {@link UsageError}. */
export function parseDatastoreId(value: string): string {
  if (isAhiId(value)) return value
  throw new UsageError(
    `Cannot use the data store id '${value}': it must be 32 characters of 0-9 and a-z; ahi-dicom datastores lists your data stores`,
  )
}

/** Returns an image set id (32 characters of 0-9a-z), or throws a {@link UsageError}. */
export function parseImageSetId(value: string): string {
  if (isAhiId(value)) return value
  throw new UsageError(
    `Cannot use the image set id '${value}': it must be 32 characters of 0-9 and a-z; ahi-dicom search lists image sets`,
  )
}

/** Returns the version of an image set (digits), or throws a {@link UsageError}. */
export function parseVersionId(value: string): string {
  if (/^\d+$/.test(value)) return value
  throw new UsageError(`Cannot use the version id '${value}': it must be a number such as 1`)
}

/** Returns true if a text has the form of AHI's data store and image set ids. */
export function isAhiId(value: string): boolean {
  return /^[0-9a-z]{32}$/.test(value)
}
