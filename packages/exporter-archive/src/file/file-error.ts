import { OutputError, type OutputErrorCode } from '@ahi-dicom/export-files'

interface Reason {
  readonly code: OutputErrorCode
  readonly why: string
}

const full: Reason = {
  code: 'OUTPUT_DISK_FULL',
  why: 'no space is left; free some, then export again',
}
const forbidden: Reason = {
  code: 'OUTPUT_NOT_WRITABLE',
  why: 'it is read-only, or permission is missing; choose another place or change its permissions',
}
const readerGone: Reason = {
  code: 'OUTPUT_NOT_WRITABLE',
  why: 'the program that reads it has stopped; look there for the reason',
}

const reasons: Readonly<Record<string, Reason>> = {
  ENOSPC: full,
  EDQUOT: full,
  EFBIG: { code: 'OUTPUT_DISK_FULL', why: 'the file is too large for the file system; choose another one' },
  EROFS: forbidden,
  EACCES: forbidden,
  EPERM: forbidden,
  ENOENT: { code: 'OUTPUT_NOT_FOUND', why: 'its folder does not exist; create the folder, or choose another one' },
  ENOTDIR: { code: 'OUTPUT_NOT_A_DIRECTORY', why: 'a file is where a folder has to be; choose another folder' },
  EISDIR: { code: 'OUTPUT_EXISTS', why: 'a folder has this name; choose another name' },
  ENAMETOOLONG: { code: 'OUTPUT_NOT_WRITABLE', why: 'the name is too long; choose a shorter one' },
  EPIPE: readerGone,
  ECONNRESET: readerGone,
  ERR_STREAM_PREMATURE_CLOSE: readerGone,
  ERR_STREAM_DESTROYED: readerGone,
}

/** Returns the code of an error of Node.js, such as ENOENT, or undefined for other errors. */
export function errorCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/**
 * Returns the {@link OutputError} for a failed operation: `Cannot ACTION "NAME": …`. Returns `cause` unchanged if it already is
 * an OutputError.
 */
export function fileError(cause: unknown, action: string, name: string): OutputError {
  if (cause instanceof OutputError) return cause
  const errorCode = errorCodeOf(cause)
  const { code, why } = reasons[errorCode ?? ''] ?? { code: 'OUTPUT_NOT_WRITABLE', why: reasonOf(cause) }
  const shown = errorCode === undefined ? why : `${why} (${errorCode})`
  return new OutputError(code, `Cannot ${action} "${name}": ${shown}`, { path: name, cause })
}

function reasonOf(cause: unknown): string {
  const said = cause instanceof Error ? cause.message : String(cause)
  return `the system says: ${said}; try again, or choose another place`
}

/** Runs an operation and returns its result. Throws its failures as {@link OutputError}; see {@link fileError}. */
export async function translated<T>(action: string, name: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (error) {
    throw fileError(error, action, name)
  }
}
