import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileContent, RecordLock, RecordStore } from '@ahi-dicom/export-files'
import { createAsynchronousCalls } from '../file/file-calls.ts'
import { translated } from '../file/file-system-error.ts'
import { flushFolder } from '../file/flush.ts'
import { makeDirectory } from '../file/make-directory.ts'
import { modesOf } from '../file/modes.ts'
import { sizeOfPlainFile } from '../file/plain-file.ts'
import { writeWhole } from '../file/write-whole.ts'
import { lockDirectory } from './directory-lock.ts'
import type { NewFilesOptions } from './folder-writer.ts'
import { openGrowingFile } from './growing-file.ts'
import type { KeptLock } from './kept-lock.ts'
import { readFileContent } from './read-file.ts'

/** The claim on a folder, once there is one. Whoever changes the folder checks it before. */
export interface FolderClaim {
  lock: KeptLock | undefined
}

/**
 * Makes a record whose files lie in a folder. A destination that has no place for a record can have one in a folder beside
 * it. The folder is made when the record is locked.
 */
export function folderRecord(options: NewFilesOptions): RecordStore {
  return claimedFolderRecord(options, { lock: undefined })
}

/** Makes a {@link folderRecord} that tells its claim. */
export function claimedFolderRecord({ directory, mode }: NewFilesOptions, claim: FolderClaim): RecordStore {
  const modes = modesOf(mode)
  const calls = createAsynchronousCalls(modes)
  const pathOf = (name: string): string => join(directory, name)

  async function writeChunks(name: string, chunks: FileContent): Promise<void> {
    await claim.lock?.check()
    await writeWhole(pathOf(name), chunks, { calls })
    await flushFolder(directory)
  }

  return {
    async lock(options): Promise<RecordLock> {
      await translated('export into', directory, () => makeDirectory(directory, calls))
      const lock = await lockDirectory(directory, { ...options, modes })
      claim.lock = lock
      return {
        async release() {
          claim.lock = undefined
          await lock.release()
        },
      }
    },
    read: (name, options) => translated('read', pathOf(name), () => readFileContent(pathOf(name), options)),
    size: (name) => translated('read', pathOf(name), () => sizeOfPlainFile(pathOf(name))),
    async append(name, keepBytes) {
      await claim.lock?.check()
      const log = await openGrowingFile(pathOf(name), keepBytes, modes)
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
      await translated('remove', pathOf(name), () => rm(pathOf(name), { force: true }))
    },
  }
}
