import { mkdtemp, rmdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { errnoOf } from '../file/file-system-error.ts'

/**
 * Finds out whether something can be made in a folder, or in the nearest folder above it if it does not exist yet. Makes a
 * folder and removes it.
 */
export async function tryFolder(directory: string): Promise<void> {
  const made = await mkdtemp(join(await nearestFolder(resolve(directory)), '.ahi-dicom-'))
  await rmdir(made)
}

async function nearestFolder(path: string): Promise<string> {
  try {
    // A file in the place of the folder shows when something is made in it.
    await stat(path)
    return path
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' && dirname(path) !== path) return await nearestFolder(dirname(path))
    throw error
  }
}
