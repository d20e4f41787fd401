import { maskPath, OutputError } from '@ahi-dicom/export-files'
import type { PathMask } from '@ahi-dicom/export-files'

/** Options of {@link maskError}. */
export interface MaskErrorOptions {
  readonly directory: string
  readonly mask: PathMask
}

/** Returns the error with the path masked in its message and its cause. Returns errors without a path unchanged. */
export function maskError(error: unknown, { directory, mask }: MaskErrorOptions): unknown {
  if (mask.length === 0) return error
  if (!(error instanceof OutputError)) return withoutPath(error)
  const below = `${directory}/`
  const shown = error.path.startsWith(below) ? below + maskPath(error.path.slice(below.length), mask) : error.path
  const message = error.message.replaceAll(error.path, () => shown)
  return new OutputError(error.code, message, { path: shown, cause: withoutPath(error.cause) })
}

/** Runs an operation. If it fails, throws the error that {@link maskError} returns. */
export type Masking = <Result>(operation: () => Promise<Result>) => Promise<Result>

/** Returns the {@link Masking} for a folder. Calls `mask` only when an operation fails. */
export function createMasking({
  directory,
  mask,
}: {
  readonly directory: string
  readonly mask: () => PathMask
}): Masking {
  return async (operation) => {
    try {
      return await operation()
    } catch (error) {
      throw maskError(error, { directory, mask: mask() })
    }
  }
}

/** Returns the error without its path. Node.js puts paths into messages and properties, so only code and system call are kept. */
function withoutPath(error: unknown): unknown {
  if (!(error instanceof Error) || !('path' in error)) return error
  const [code, syscall] = [Reflect.get(error, 'code'), Reflect.get(error, 'syscall')]
  return Object.assign(new Error(`${String(code)}, ${String(syscall)}`), { code, syscall })
}
