import { OutputError } from '@ahi-dicom/export-files'
import type { OutputErrorCode } from '@ahi-dicom/export-files'

const codes: Readonly<Record<string, OutputErrorCode>> = {
  ENOSPC: 'OUTPUT_DISK_FULL',
  EDQUOT: 'OUTPUT_DISK_FULL',
  EFBIG: 'OUTPUT_DISK_FULL',
  EROFS: 'OUTPUT_NOT_WRITABLE',
  EACCES: 'OUTPUT_NOT_WRITABLE',
  EPERM: 'OUTPUT_NOT_WRITABLE',
  ENOTDIR: 'OUTPUT_NOT_A_DIRECTORY',
  EEXIST: 'OUTPUT_NOT_A_DIRECTORY',
  EISDIR: 'OUTPUT_NOT_A_FILE',
  ERR_FS_EISDIR: 'OUTPUT_NOT_A_FILE',
  ELOOP: 'OUTPUT_LINK',
}

const reasons: Readonly<Record<string, string>> = {
  OUTPUT_DISK_FULL: "no space is left, or no inode for another file; free some, then resume the export (mode 'resume')",
  OUTPUT_NOT_WRITABLE: 'it is read-only, or permission is missing; choose another folder or change its permissions',
  OUTPUT_NOT_A_DIRECTORY: 'a file is where a folder has to be; choose another folder',
  OUTPUT_NOT_A_FILE: 'a folder is where the file has to be; remove it, or choose another folder',
  OUTPUT_LINK: 'it is a link; remove it',
}

/** Reason for a limit of this process or machine. The destination itself may be fine. */
const tooManyFiles = 'too many files are open; raise the limit of open files (ulimit -n), or lower the concurrency'

const reasonsOfErrno: Readonly<Record<string, string>> = {
  ENAMETOOLONG: 'the path is too long; choose a shorter layout',
  EMFILE: tooManyFiles,
  ENFILE: tooManyFiles,
}

/** Returns the code of a file system error of Node.js, for example ENOENT, or undefined for other errors. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Returns the {@link OutputError} for a file system failure. `action` is a verb phrase for the message: `write file`. */
export function outputError(cause: unknown, action: string, path: string): OutputError {
  const errno = errnoOf(cause) ?? 'unknown error'
  const code = codes[errno] ?? 'OUTPUT_FAILED'
  const reason = reasonsOfErrno[errno] ?? reasons[code]
  const why = reason === undefined ? `the file system reports ${errno}` : `${reason} (${errno})`
  return new OutputError(code, `Cannot ${action} "${path}": ${why}`, { path, cause })
}

/**
 * Runs a file system operation and translates its failures with {@link outputError}.
 *
 * @throws {OutputError} if the operation fails
 */
export async function translated<T>(action: string, path: string, operation: () => T | Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (error) {
    throw error instanceof OutputError ? error : outputError(error, action, path)
  }
}
