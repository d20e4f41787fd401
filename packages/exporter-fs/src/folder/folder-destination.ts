import { rmdir, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Destination, PathMask } from '@ahi-dicom/export-files'
import { createAsynchronousCalls, type FileCalls } from '../file/file-calls.ts'
import { translated } from '../file/file-system-error.ts'
import { flushFolder } from '../file/flush.ts'
import { makeDirectory } from '../file/make-directory.ts'
import { modesOf } from '../file/modes.ts'
import { sizeOfPlainFile } from '../file/plain-file.ts'
import { temporaryName } from '../file/temporary-file.ts'
import { createFolderGuard } from './folder-guard.ts'
import type { FolderGuard } from './folder-guard.ts'
import { freeSpace } from './free-space.ts'
import { claimedFolderRecord } from './folder-record.ts'
import type { FolderClaim } from './folder-record.ts'
import { createFolderWriter, withMaskedFailures } from './folder-writer.ts'
import type { NewFilesOptions } from './folder-writer.ts'
import { listFiles, walkFiles } from './list-files.ts'
import { createMasking, maskError } from './mask-error.ts'
import { moveFile } from './move-file.ts'
import { readFileContent } from './read-file.ts'
import { tryFolder } from './try-folder.ts'

/** Makes a folder the destination of an export. The record lies in the folder. */
export function folderDestination(options: NewFilesOptions): Destination {
  const { directory, mode } = options
  const calls = createAsynchronousCalls(modesOf(mode))
  const guard = createFolderGuard(directory, calls)
  const claim: FolderClaim = { lock: undefined }
  let mask: PathMask = []
  const masked = createMasking({ directory, mask: () => mask })
  const files = withMaskedFailures(createFolderWriter({ directory }, calls), masked)
  return {
    ...files,
    name: directory,
    async open(options = {}) {
      mask = options.mask ?? []
      await translated('export into', directory, () => makeFolder(directory, calls))
    },
    async check() {
      await translated('export into', directory, () => tryFolder(directory))
      return []
    },
    async remove(path) {
      await files.remove(path)
      await removeEmptyFolders(directory, dirname(path))
    },
    async move(from, to) {
      await claim.lock?.check()
      await masked(() => moveFile({ directory, calls, guard }, from, to))
      await removeEmptyFolders(directory, dirname(from))
    },
    async removeUnfinished() {
      await claim.lock?.check()
      await masked(() => translated('export into', directory, () => removeTemporaryFiles(directory, guard)))
    },
    read: (path, options) =>
      masked(async () => {
        await guard.check(path)
        return readFileContent(`${directory}/${path}`, options)
      }),
    async *list() {
      try {
        yield* listFiles(directory)
      } catch (error) {
        throw maskError(error, { directory, mask })
      }
    },
    size: (path) =>
      masked(async () => {
        await guard.check(path)
        return sizeOfPlainFile(`${directory}/${path}`)
      }),
    free: () => translated('look for free space in', directory, () => freeSpace(directory)),
    record: claimedFolderRecord(options, claim),
    get lane() {
      return {
        module: import.meta.resolve('@ahi-dicom/exporter-fs/lane'),
        options: { directory, ...(mode !== undefined && { mode }), ...(mask.length > 0 && { mask }) },
      }
    },
  }
}

async function makeFolder(directory: string, calls: FileCalls): Promise<void> {
  const made = await makeDirectory(directory, calls)
  for (const folder of made) await flushFolder(dirname(folder))
}

/** Removes a folder and those above it, below the destination, as far as they are empty. */
async function removeEmptyFolders(directory: string, folder: string): Promise<void> {
  if (folder === '.') return
  try {
    await rmdir(join(directory, folder))
  } catch {
    // It has other files in it, or is none of ours. An empty folder does no harm.
    return
  }
  await removeEmptyFolders(directory, dirname(folder))
}

/** Removes the files that an earlier run was writing when it was stopped. */
async function removeTemporaryFiles(directory: string, guard: FolderGuard): Promise<void> {
  for await (const path of walkFiles(directory)) {
    if (!temporaryName.test(basename(path))) continue
    await guard.look(path)
    await unlink(join(directory, path))
  }
}
