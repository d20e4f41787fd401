import { appendFile, mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createId } from './identifiers.ts'

/** Files in one folder that are written together and become visible together. */
export interface Batch {
  readonly id: string
  /** Returns the path of a new file to write, relative to the data folder, with forward slashes. */
  newFile(extension: string): string
  /** Appends bytes to a file from {@link newFile}. */
  append(path: string, bytes: Uint8Array): Promise<void>
  /** Flushes the files to disk, so that they survive a power failure. */
  flush(): Promise<void>
  /** Removes the files. */
  discard(): Promise<void>
}

const batchesFolder = 'batches'

/** Creates a batch in a data folder. Its folder is created with the first file. */
export function createBatch(dataFolder: string, id: string = createId()): Batch {
  const folder = `${batchesFolder}/${id}`
  const paths = new Set<string>()
  let fileCount = 0
  let making: Promise<unknown> | undefined
  return {
    id,
    newFile(extension) {
      fileCount += 1
      return `${folder}/${fileCount}.${extension}`
    },
    async append(path, bytes) {
      making ??= mkdir(join(dataFolder, folder), { recursive: true })
      await making
      paths.add(path)
      await appendFile(join(dataFolder, path), bytes)
    },
    async flush() {
      if (paths.size === 0) return
      for (const path of paths) await flushFile(join(dataFolder, path))
      for (const path of [folder, batchesFolder]) await flushFolder(join(dataFolder, path))
    },
    discard: () => rm(join(dataFolder, folder), { recursive: true, force: true }),
  }
}

async function flushFile(path: string): Promise<void> {
  await using file = await open(path, 'r+')
  await file.sync()
}

/**
 * Flushes the entries of a folder. Not needed on Windows, which journals them itself and cannot open folders as files.
 */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  await using folder = await open(path, 'r')
  await folder.sync()
}
