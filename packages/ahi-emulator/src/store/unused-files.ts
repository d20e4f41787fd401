import { rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { textColumn } from './row.ts'

/** Makes a function that removes the files that nothing refers to any more. */
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

/** False for a file that is still open on Windows: it is tried again with the next one, or at the next start. */
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
