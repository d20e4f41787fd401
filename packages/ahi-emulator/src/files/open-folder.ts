import { openFileFolder } from './file-folder.ts'
import type { ObjectFolder } from './object-folder.ts'
import { openS3Folder, type S3Options } from './s3-folder.ts'

/** Opens the folder of a `file:` or `s3://` URI. Reads nothing yet. */
export function openFolder(
  uri: string,
  { s3, region }: { readonly s3: S3Options | undefined; readonly region: string },
): ObjectFolder {
  if (uri.startsWith('file:')) return openFileFolder(uri)
  if (s3 === undefined) throw new TypeError(`Cannot open ${uri}: there is no S3 endpoint`)
  return openS3Folder(uri, { s3, region })
}
