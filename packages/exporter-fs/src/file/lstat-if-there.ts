import type { Stats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { errnoOf } from './file-system-error.ts'

/** Returns the stats of a path, or undefined if nothing exists there. Links are not followed. */
export async function lstatIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}
