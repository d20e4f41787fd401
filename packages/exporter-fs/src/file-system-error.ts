import { OutputError } from './errors.ts'
import type { OutputErrorCode } from './errors.ts'

const CODES: Readonly<Record<string, OutputErrorCode>> = {
  ENOSPC: 'OUTPUT_DISK_FULL',
  EDQUOT: 'OUTPUT_DISK_FULL',
  EFBIG: 'OUTPUT_DISK_FULL',
  EROFS: 'OUTPUT_NOT_WRITABLE',
  EACCES: 'OUTPUT_NOT_WRITABLE',
  EPERM: 'OUTPUT_NOT_WRITABLE',
  ENOTDIR: 'OUTPUT_NOT_A_DIRECTORY',
  EEXIST: 'OUTPUT_NOT_A_DIRECTORY',
}

const REASONS: Readonly<Record<string, string>> = {
  OUTPUT_DISK_FULL: 'no space is left; free some, then run it again with --resume',
  OUTPUT_NOT_WRITABLE: 'it is read-only, or permission is missing; choose another folder or change its permissions',
  OUTPUT_NOT_A_DIRECTORY: 'a file is where a folder has to be; choose another folder',
}

/** The code of a Node.js file system error, such as ENOENT, or undefined for other errors. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** An {@link OutputError} for a failure of the file system while doing `action` (`write file`) to `path`. */
export function outputError(cause: unknown, action: string, path: string): OutputError {
  const errno = errnoOf(cause) ?? 'unknown error'
  const code = CODES[errno] ?? 'OUTPUT_FAILED'
  const reason = REASONS[code]
  const why = reason === undefined ? `the file system says ${errno}` : `${reason} (${errno})`
  return new OutputError(code, `Cannot ${action} "${path}": ${why}`, { path, cause })
}
