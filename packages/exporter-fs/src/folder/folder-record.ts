import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FileContent, LockOptions, RecordLock, RecordStore } from '@ahi-dicom/export-files'
import { createAsynchronousCalls } from '../file/file-calls.ts'
import { errnoOf, translated } from '../file/file-system-error.ts'
import { flushFolder } from '../file/flush.ts'
import { makeDirectory } from '../file/make-directory.ts'
import { modesOf } from '../file/modes.ts'
import { sizeOfPlainFile } from '../file/plain-file.ts'
import { writeWhole } from '../file/write-whole.ts'
import { lockDirectory } from './directory-lock.ts'
import { removeEmptyFolders } from './empty-folders.ts'
import { createFolderGuard } from './folder-guard.ts'
import { folderPlace } from './folder-place.ts'
import type { FolderDestinationOptions, NewFilesOptions } from './folder-writer.ts'
import { openGrowingFile } from './growing-file.ts'
import type { KeptLock } from './kept-lock.ts'
import { readFileContent } from './read-file.ts'

/** The lock that this process holds, if any. It is checked before each change in the folder. */
export interface FolderClaim {
  lock: KeptLock | undefined
  /** True if the record is in a destination, where named writers have separate records. */
  readonly isShared: boolean
}

/** Merging the records removes the folder of a writer, so making and locking it is tried again. */
const maxAttempts = 4

/**
 * Returns a record whose files are in a folder. Use it for destinations that cannot store their record, for example a PACS. The
 * folder is made when the record is locked.
 *
 * @throws {TypeError} if the mode is not valid
 * @example
 * import { dicomwebDestination } from '@ahi-dicom/exporter-dicomweb'
 * import { folderRecord } from '@ahi-dicom/exporter-fs'
 *
 * const record = folderRecord({ directory: './record' })
 * const destination = dicomwebDestination({ url: 'https://pacs.example/dicom-web', record })
 * await exporter.exportTo({ datastoreId, selectors: 'all', destination, mode: 'resume' })
 */
export function folderRecord({ directory, mode }: NewFilesOptions): RecordStore {
  return claimedFolderRecord({ directory, mode }, { lock: undefined, isShared: false })
}

/**
 * Returns a {@link folderRecord} that sets `claim.lock` while it is locked. The record of a named writer is in a folder below
 * `directory`.
 */
export function claimedFolderRecord(
  { directory, mode, writer }: FolderDestinationOptions,
  claim: FolderClaim,
): RecordStore {
  const { recordFolder, tag } = folderPlace(writer)
  const modes = modesOf(mode)
  const calls = createAsynchronousCalls(modes)
  const guard = createFolderGuard(directory, calls)
  const folder = join(directory, recordFolder)
  const pathOf = (name: string): string => join(folder, name)

  async function inFolder<Result>(action: string, name: string, operation: () => Promise<Result>): Promise<Result> {
    return await translated(action, pathOf(name), async () => {
      await guard.check(`${recordFolder}/${name}`.replace(/^\//u, ''))
      return await operation()
    })
  }

  async function writeChunks(name: string, chunks: FileContent): Promise<void> {
    await claim.lock?.check()
    await inFolder('write file', name, () => writeWhole(pathOf(name), chunks, { calls, tag }))
    await flushFolder(folder)
  }

  async function makeAndLock(options: LockOptions | undefined): Promise<KeptLock> {
    for (let attempt = 1; ; attempt++) {
      const made = await inFolder('export into', '', () => makeDirectory(folder, calls))
      for (const one of new Set([...made, ...foldersBetween(directory, folder)])) await flushFolder(dirname(one))
      try {
        return await lockDirectory(folder, { ...options, modes, isShared: claim.isShared })
      } catch (error) {
        const isGone = error instanceof Error && errnoOf(error.cause) === 'ENOENT'
        if (writer === undefined || !isGone || attempt === maxAttempts) throw error
      }
    }
  }

  return {
    async lock(options): Promise<RecordLock> {
      const lock = await makeAndLock(options)
      claim.lock = lock
      return {
        async release() {
          claim.lock = undefined
          await lock.release()
          if (writer !== undefined) await removeEmptyFolders(directory, recordFolder)
        },
      }
    },
    read: (name, options) => inFolder('read', name, () => readFileContent(pathOf(name), options)),
    size: (name) => inFolder('read', name, () => sizeOfPlainFile(pathOf(name))),
    async append(name, keepBytes) {
      await claim.lock?.check()
      const log = await inFolder('open', name, () => openGrowingFile(pathOf(name), keepBytes, modes))
      return {
        ...log,
        async append(text) {
          await claim.lock?.check()
          await log.append(text)
        },
      }
    },
    write: (name, bytes) => writeChunks(name, [bytes]),
    writeChunks,
    async remove(name) {
      await claim.lock?.check()
      await inFolder('remove', name, () => rm(pathOf(name), { force: true }))
    },
  }
}

/** Returns `folder` and its parents that are below `directory`. */
function foldersBetween(directory: string, folder: string): readonly string[] {
  const isBelow = folder.length > join(directory, '.').length
  return isBelow ? [folder, ...foldersBetween(directory, dirname(folder))] : []
}
