import { rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Removes a folder of the destination if it is empty, then its parents that are empty. Never removes the destination itself. */
export async function removeEmptyFolders(directory: string, folder: string): Promise<void> {
  if (folder === '.') return
  try {
    await rmdir(join(directory, folder))
  } catch {
    // The folder is not empty, or cannot be removed. An empty folder does no harm.
    return
  }
  await removeEmptyFolders(directory, dirname(folder))
}
