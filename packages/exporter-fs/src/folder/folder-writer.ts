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

/** Options with a folder. */
export interface FolderOptions {
  /** Path of the folder. */
  readonly directory: string
}

/** Options with a folder for new files. */
export interface NewFilesOptions extends FolderOptions {
  /**
   * Permissions of new files, for example `0o640`. They apply whatever the umask is. Everyone who can read the files can open
   * new folders. Default: files 0600 and folders 0700, reduced by the umask. Windows ignores the option.
   */
  readonly mode?: number | undefined
}

/** Options of `folderDestination`. */
export interface FolderDestinationOptions extends NewFilesOptions {
  /**
   * Name of this writer if several exports fill the folder at the same time, from one machine or several. Its record and lock
   * are in `.ahi-dicom/writers/NAME/`; all writers share one tree of files. Default: the unnamed writer, whose record is in the
   * folder itself.
   */
  readonly writer?: string | undefined
}

/** Returns a writer of files into a folder. Written files stay open until they are flushed. */
export function createFolderWriter(
  { directory, writer }: FolderDestinationOptions,
  calls: FileCalls,
): Required<FileWriter> {
  const { fileOf, tag } = folderPlace(writer)
  const unflushed = createUnflushedFiles()
  const guard = createFolderGuard(directory, calls)
  const pathOf = (file: string): string => `${directory}/${file}`
  return {
    isShared: writer !== undefined,
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

  /** Adds all folders above the file, so that they are flushed too: another writer may have made them and not flushed them. */
  function withFolders(written: UnflushedFile, file: string): UnflushedFile {
    return { ...written, madeFolders: [...written.madeFolders, ...foldersAbove(file).slice(0, -1).map(pathOf)] }
  }
}

/** Returns a writer whose failures show masked paths. */
export function withMaskedFailures(writer: Required<FileWriter>, masked: Masking): Required<FileWriter> {
  return {
    isShared: writer.isShared,
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

/** Flushes files of another writer and all folders above them, which that writer may have made. */
async function flushOthers(paths: readonly string[], pathOf: (path: string) => string): Promise<void> {
  const folders = new Set(paths.flatMap(foldersAbove))
  await runFlushes(paths.map((path) => () => flushFile(pathOf(path))))
  await runFlushes([...folders].map((folder) => () => flushFolder(pathOf(folder))))
}

/** Returns the folders above a relative path, including `.`. */
function foldersAbove(path: string): readonly string[] {
  const above = dirname(path)
  return above === path ? [] : [above, ...foldersAbove(above)]
}
