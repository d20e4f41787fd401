import { maskPath, OutputError } from '@ahi-dicom/export-files'
import type { PathMask } from '@ahi-dicom/export-files'

/** Options of {@link maskError}. */
export interface MaskErrorOptions {
  readonly directory: string
  readonly mask: PathMask
}

/** Returns an error that shows the path of a file by a mask, in its message and in its causes. Others come back as they are. */
export function maskError(error: unknown, { directory, mask }: MaskErrorOptions): unknown {
  if (mask.length === 0) return error
  if (!(error instanceof OutputError)) return withoutPath(error)
  const below = `${directory}/`
  const shown = error.path.startsWith(below) ? below + maskPath(error.path.slice(below.length), mask) : error.path
  const message = error.message.replaceAll(error.path, () => shown)
  return new OutputError(error.code, message, { path: shown, cause: withoutPath(error.cause) })
}

/** Runs an operation, and throws its failure by {@link maskError}. */
export type Masking = <Result>(operation: () => Promise<Result>) => Promise<Result>

/** Makes the {@link Masking} for a folder. The mask is asked for when an operation fails. */
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

/** Errors of Node.js have the path in their message and beside it. Code and call tell enough. */
function withoutPath(error: unknown): unknown {
  if (!(error instanceof Error) || !('path' in error)) return error
  const [code, syscall] = [Reflect.get(error, 'code'), Reflect.get(error, 'syscall')]
  return Object.assign(new Error(`${String(code)}, ${String(syscall)}`), { code, syscall })
}
