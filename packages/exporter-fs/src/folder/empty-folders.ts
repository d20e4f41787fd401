import { rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Removes a folder and those above it, below the destination, as far as they are empty. */
export async function removeEmptyFolders(directory: string, folder: string): Promise<void> {
  if (folder === '.') return
  try {
    await rmdir(join(directory, folder))
  } catch {
    // It has other files in it, or is none of ours. An empty folder does no harm.
    return
  }
  await removeEmptyFolders(directory, dirname(folder))
}
