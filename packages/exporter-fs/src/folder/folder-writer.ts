import { dirname } from 'node:path'
import type { FileWriter } from '@ahi-dicom/export-files'
import type { FileCalls } from '../file/file-calls.ts'
import { errnoOf, translated } from '../file/file-system-error.ts'
import { flushFile, flushFolder, runFlushes } from '../file/flush.ts'
import { createUnflushedFiles } from '../file/unflushed-files.ts'
import type { UnflushedFile } from '../file/unflushed-files.ts'
import { writeWhole } from '../file/write-whole.ts'
import { createFolderGuard } from './folder-guard.ts'
import { folderPlace } from './folder-place.ts'
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

/** Options of `folderDestination`. */
export interface FolderDestinationOptions extends NewFilesOptions {
  /**
   * Name of this writer, if several export into the folder at the same time, from one machine or several. Its record and its
   * lock lie in `.ahi-dicom/writers/NAME/`, its files where those of all others do. Default: the record without a name, which
   * lies in the folder itself.
   */
  readonly writer?: string | undefined
}

/** Makes a writer of files in a folder. Written files are kept open until they are flushed. */
export function createFolderWriter(
  { directory, writer }: FolderDestinationOptions,
  calls: FileCalls,
): Required<FileWriter> {
  const { fileOf, tag } = folderPlace(writer)
  const unflushed = createUnflushedFiles()
  const guard = createFolderGuard(directory, calls)
  const pathOf = (file: string): string => `${directory}/${file}`
  return {
    async write({ path, chunks }, { signal } = {}) {
      const file = fileOf(path)
      const folders = { check: () => guard.check(file), look: () => guard.look(file) }
      const keep = (written: UnflushedFile): Promise<void> =>
        unflushed.keep(writer === undefined ? written : withFolders(written, file))
      const { byteLength, sha256 } = await writeWhole(pathOf(file), chunks, { calls, tag, folders, signal, keep })
      return { path, byteLength, sha256 }
    },
    async remove(path) {
      const file = fileOf(path)
      await translated('remove file', pathOf(file), async () => {
        await guard.check(file)
        await removeFile(pathOf(file), calls)
      })
    },
    async flush(others = []) {
      await unflushed.flush()
      const paths = Array.from(others, fileOf)
      for (const path of paths) await translated('flush file', pathOf(path), () => guard.check(path))
      await flushOthers(paths, pathOf)
    },
    close: () => unflushed.flush(),
  }

  /** Another writer may have made the folders above a file, and not flushed them. */
  function withFolders(written: UnflushedFile, file: string): UnflushedFile {
    return { ...written, madeFolders: [...written.madeFolders, ...foldersAbove(file).slice(0, -1).map(pathOf)] }
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
