import { dirname } from 'node:path'
import type { FileCalls } from './file-calls.ts'
import { errnoOf } from './file-system-error.ts'

/** A folder above may be removed as empty before the one below it is made. Some file systems say ENOENT for ever, such as /proc. */
const mostAttempts = 100

/**
 * Makes a folder and those above it. Returns the folders that it made. Unlike `mkdir` with `recursive`, which says ENOENT
 * on a read-only file system, it rejects with the reason.
 */
export async function makeDirectory(
  path: string,
  calls: FileCalls,
  attempts: number = mostAttempts,
): Promise<readonly string[]> {
  try {
    await calls.makeFolder(path)
    return [path]
  } catch (error) {
    if (await calls.isFolder(path)) return []
    if (errnoOf(error) !== 'ENOENT' || dirname(path) === path || attempts <= 1) throw error
    const above = await makeDirectory(dirname(path), calls)
    return [...above, ...(await makeDirectory(path, calls, attempts - 1))]
  }
}
