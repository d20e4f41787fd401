import { mkdtemp, rmdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { errnoOf } from '../file/file-system-error.ts'

/**
 * Checks that a folder is writable: makes a folder in it and removes it. If the folder does not exist, checks its nearest
 * existing parent. Rejects with the error of the file system.
 */
export async function tryFolder(directory: string): Promise<void> {
  const made = await mkdtemp(join(await nearestFolder(resolve(directory)), '.ahi-dicom-'))
  await rmdir(made)
}

async function nearestFolder(path: string): Promise<string> {
  try {
    // If this is a file and not a folder, making a folder in it will fail.
    await stat(path)
    return path
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' && dirname(path) !== path) return await nearestFolder(dirname(path))
    throw error
  }
}
