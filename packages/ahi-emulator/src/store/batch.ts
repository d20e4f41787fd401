import { appendFile, mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createId } from './identifiers.ts'

/** Files that are written together and become visible together, in a folder of their own. */
export interface Batch {
  readonly id: string
  /** Names a file to write: its path relative to the data folder, with forward slashes. */
  newFile(extension: string): string
  /** Adds bytes to the end of a file that {@link newFile} named. */
  append(path: string, bytes: Uint8Array): Promise<void>
  /** Makes what was written outlast a loss of power. */
  flush(): Promise<void>
  /** Removes what was written. */
  discard(): Promise<void>
}

const batchesFolder = 'batches'

/** Names a batch in a data folder; the folder of the batch is made with its first file. */
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

/** Windows opens no folder as a file, and journals the entries of folders without being asked. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  await using folder = await open(path, 'r')
  await folder.sync()
}
