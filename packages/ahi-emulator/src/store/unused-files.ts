import { rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { textColumn } from './row.ts'

/** Returns a function that removes files that are no longer used. */
export function createUnusedFileRemover(
  database: DatabaseSync,
  options: { readonly folder: string; readonly close: (path: string) => Promise<void> },
): () => Promise<void> {
  const select = database.prepare('SELECT path FROM unused_files')
  const forget = database.prepare('DELETE FROM unused_files WHERE path = ?')
  return async () => {
    for (const row of select.all()) {
      const path = textColumn(row, 'path')
      await options.close(path)
      if (await removeFile(join(options.folder, path))) forget.run(path)
    }
  }
}

/** Removes a file. Returns false if the file is still open on Windows: the next call or the next start tries again. */
async function removeFile(path: string): Promise<boolean> {
  try {
    await rm(path, { force: true })
  } catch (error) {
    if (isErrorOf(error, ['EBUSY', 'EPERM'])) return false
    throw error
  }
  await removeEmptyFolder(dirname(path))
  return true
}

async function removeEmptyFolder(path: string): Promise<void> {
  try {
    await rmdir(path)
  } catch (error) {
    if (!isErrorOf(error, ['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EBUSY', 'EPERM'])) throw error
  }
}

function isErrorOf(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
}
