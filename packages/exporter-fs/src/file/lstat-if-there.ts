import type { Stats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { errnoOf } from './file-system-error.ts'

/** Returns what the file system knows of a path, or undefined if nothing is there. Links are not followed. */
export async function lstatIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}
