import { dirname } from 'node:path'
import type { FileWriter } from '@ahi-dicom/export-files'
import type { FileCalls } from '../file/file-calls.ts'
import { errnoOf, translated } from '../file/file-system-error.ts'
import { flushFile, flushFolder, runFlushes } from '../file/flush.ts'
import { createUnflushedFiles } from '../file/unflushed-files.ts'
import type { UnflushedFile } from '../file/unflushed-files.ts'
import { writeWhole } from '../file/write-whole.ts'
import { createFolderGuard } from './folder-guard.ts'
import type { Masking } from './mask-error.ts'

/** Names a folder. */
export interface FolderOptions {
  readonly directory: string
}

/** Names a folder that gets new files. */
export interface NewFilesOptions extends FolderOptions {
  /**
   * Permissions of new files, such as `0o640`, whatever the umask is; new folders can be opened by whoever may read files.
   * Default: files 0600 and folders 0700, less what the umask takes away. Windows ignores it.
   */
  readonly mode?: number | undefined
}

/** Makes a writer of files in a folder. Written files are kept open until they are flushed. */
export function createFolderWriter({ directory }: FolderOptions, calls: FileCalls): Required<FileWriter> {
  const unflushed = createUnflushedFiles()
  const guard = createFolderGuard(directory, calls)
  const writing = { calls, keep: (file: UnflushedFile): Promise<void> => unflushed.keep(file) }
  const pathOf = (path: string): string => `${directory}/${path}`
  return {
    async write({ path, chunks }, { signal } = {}) {
      const folders = { check: () => guard.check(path), look: () => guard.look(path) }
      const { byteLength, sha256 } = await writeWhole(pathOf(path), chunks, { ...writing, folders, signal })
      return { path, byteLength, sha256 }
    },
    remove: (path) =>
      translated('remove file', pathOf(path), async () => {
        await guard.check(path)
        await removeFile(pathOf(path), calls)
      }),
    async flush(others = []) {
      await unflushed.flush()
      const paths = [...others]
      for (const path of paths) await translated('flush file', pathOf(path), () => guard.check(path))
      await flushOthers(paths, pathOf)
    },
    close: () => unflushed.flush(),
  }
}

/** Makes a writer whose failures show paths by a mask. */
export function withMaskedFailures(writer: Required<FileWriter>, masked: Masking): Required<FileWriter> {
  return {
    write: (file, options) => masked(() => writer.write(file, options)),
    remove: (path) => masked(() => writer.remove(path)),
    flush: (others) => masked(() => writer.flush(others)),
    close: () => masked(() => writer.close()),
  }
}

async function removeFile(path: string, calls: FileCalls): Promise<void> {
  try {
    await calls.unlink(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}

/** Flushes files that another writer wrote, and all folders above them: that writer may have made them. */
async function flushOthers(paths: readonly string[], pathOf: (path: string) => string): Promise<void> {
  const folders = new Set(paths.flatMap(foldersAbove))
  await runFlushes(paths.map((path) => () => flushFile(pathOf(path))))
  await runFlushes([...folders].map((folder) => () => flushFolder(pathOf(folder))))
}

/** Returns the folders above a relative path, up to `.`. */
function foldersAbove(path: string): readonly string[] {
  const above = dirname(path)
  return above === path ? [] : [above, ...foldersAbove(above)]
}
