import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordStore } from '@ahi-dicom/export-files'
import { asynchronousCalls } from '../file/file-calls.ts'
import { translated } from '../file/file-system-error.ts'
import { flushFolder } from '../file/flush.ts'
import { makeDirectory } from '../file/make-directory.ts'
import { writeAtomically } from '../write-atomically.ts'
import { lockDirectory } from './directory-lock.ts'
import type { FolderOptions } from './folder-writer.ts'
import { openGrowingFile } from './growing-file.ts'
import { readFileContent } from './read-file.ts'

/**
 * Makes a record whose files lie in a folder. A destination that has no place for a record can have one in a folder beside
 * it. The folder is made when the record is locked.
 */
export function folderRecord({ directory }: FolderOptions): RecordStore {
  const pathOf = (name: string): string => join(directory, name)
  return {
    async lock() {
      await translated('export into', directory, () => makeDirectory(directory, asynchronousCalls))
      return lockDirectory(directory)
    },
    read: (name, options) => translated('read', pathOf(name), () => readFileContent(pathOf(name), options)),
    append: (name, keepBytes) => openGrowingFile(pathOf(name), keepBytes),
    async write(name, bytes) {
      await writeAtomically(pathOf(name), [bytes])
      await flushFolder(directory)
    },
    remove: (name) => translated('remove', pathOf(name), () => rm(pathOf(name), { force: true })),
  }
}
