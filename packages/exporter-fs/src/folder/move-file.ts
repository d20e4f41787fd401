import { dirname } from 'node:path'
import type { FileCalls } from '../file/file-calls.ts'
import { errnoOf, translated } from '../file/file-system-error.ts'
import { makeDirectory } from '../file/make-directory.ts'
import { sizeOfPlainFile } from '../file/plain-file.ts'
import type { FolderGuard } from './folder-guard.ts'

/** Options of {@link moveFile}. */
export interface MoveFileOptions {
  readonly directory: string
  readonly calls: FileCalls
  /** Checks that both paths are inside the folder. */
  readonly guard: FolderGuard
}

/** Another writer may remove the target folder as empty before the file is in it, so moving is tried again. */
const maxAttempts = 4

/**
 * Moves a file to another path in the same folder. Makes missing folders, and replaces an existing file. Does nothing if the
 * file does not exist. The folders above both paths are checked each time, even if they were checked less than a second ago.
 *
 * @throws {OutputError} OUTPUT_LINK if the file, or a folder above it or above its new path, is a link
 */
export async function moveFile({ directory, calls, guard }: MoveFileOptions, from: string, to: string): Promise<void> {
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
        if (errnoOf(error) !== 'ENOENT' || attempt === maxAttempts) throw error
        await makeDirectory(dirname(target), calls)
        await guard.look(to)
      }
    }
  })
}
