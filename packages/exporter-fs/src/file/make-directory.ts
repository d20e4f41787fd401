import { dirname } from 'node:path'
import type { FileCalls } from './file-calls.ts'
import { errnoOf } from './file-system-error.ts'

/**
 * Another writer may remove the parent folder as empty before the folder in it is made, so making it is tried again. The
 * limit is for file systems that always answer ENOENT, for example /proc.
 */
const maxAttempts = 100

/**
 * Makes a folder and its missing parents. Returns the folders that it made. On a read-only file system it rejects with the
 * real reason, unlike `mkdir` with `recursive`, which rejects with ENOENT.
 */
export async function makeDirectory(
  path: string,
  calls: FileCalls,
  attempts: number = maxAttempts,
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
