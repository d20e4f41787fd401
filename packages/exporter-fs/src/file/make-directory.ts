import { dirname } from 'node:path'
import type { FileCalls } from './file-calls.ts'
import { errnoOf } from './file-system-error.ts'

/**
 * Makes a folder and those above it. Returns the folders that it made. Unlike `mkdir` with `recursive`, which says ENOENT
 * on a read-only file system, it rejects with the reason.
 */
export async function makeDirectory(path: string, calls: FileCalls): Promise<readonly string[]> {
  try {
    await calls.makeFolder(path)
    return [path]
  } catch (error) {
    if (await calls.isFolder(path)) return []
    if (errnoOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    const above = await makeDirectory(dirname(path), calls)
    return [...above, ...(await makeDirectory(path, calls))]
  }
}
