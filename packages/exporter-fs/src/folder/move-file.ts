import { dirname } from 'node:path'
import type { FileCalls } from '../file/file-calls.ts'
import { errnoOf, translated } from '../file/file-system-error.ts'
import { makeDirectory } from '../file/make-directory.ts'
import { sizeOfPlainFile } from '../file/plain-file.ts'
import type { FolderGuard } from './folder-guard.ts'

/** Where a file is moved. */
export interface MoveParts {
  readonly directory: string
  readonly calls: FileCalls
  /** Keeps both paths in the folder. */
  readonly guard: FolderGuard
}

/** Another writer may remove the folder as an empty one before the file is in it. */
const mostAttempts = 4

/**
 * Gives a file of a folder another path in it. Folders are made, and a file of that path is replaced. Does nothing if there
 * is no file `from`. The folders of both paths are looked at now, not only once a second: a moved file stays.
 *
 * @throws {OutputError} OUTPUT_LINK if the file is a link, or one of the folders above it or above its new path
 */
export async function moveFile({ directory, calls, guard }: MoveParts, from: string, to: string): Promise<void> {
  const [source, target] = [`${directory}/${from}`, `${directory}/${to}`]
  await guard.look(from)
  if ((await sizeOfPlainFile(source)) === undefined) return
  await guard.look(to)
  await translated('write file', target, async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        await calls.rename(source, target)
        return
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT' || attempt === mostAttempts) throw error
        await makeDirectory(dirname(target), calls)
        await guard.look(to)
      }
    }
  })
}
