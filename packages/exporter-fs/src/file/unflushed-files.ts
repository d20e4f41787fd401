import { dirname } from 'node:path'
import { flushAndCloseFile, flushFolder, runFlushes } from './flush.ts'

/** An open file that has its final name, but is not flushed. A power cut may lose it. */
export interface UnflushedFile {
  readonly fd: number
  readonly path: string
  /** Folders that were made for the file. */
  readonly madeFolders: readonly string[]
}

/** Keeps files open until they are flushed. If the device fails to store an open file, flushing it reports that. */
export interface UnflushedFiles {
  /** Takes over an open file. Waits if too many files are open. */
  keep(file: UnflushedFile): Promise<void>
  /**
   * Flushes the kept files and their folders, and closes the files.
   *
   * @throws {OutputError} for the first failure since the start; files may be lost
   */
  flush(): Promise<void>
}

/** Flushing starts at this number of open files. As many more may be kept while it runs. */
const maxOpen = 64

/** Returns an empty collection. */
export function createUnflushedFiles(): UnflushedFiles {
  let files: UnflushedFile[] = []
  let flushing: Promise<void> = Promise.resolve()
  let failure: { readonly error: unknown } | undefined

  function flushKept(): Promise<void> {
    const batch = files
    files = []
    flushing = flushing
      .then(() => flushBatch(batch))
      .catch((error: unknown) => {
        failure ??= { error }
      })
    return flushing
  }

  return {
    async keep(file) {
      files.push(file)
      if (files.length < maxOpen) return
      const before = flushing
      void flushKept()
      await before
    },
    async flush() {
      await flushKept()
      if (failure !== undefined) throw failure.error
    },
  }
}

async function flushBatch(files: readonly UnflushedFile[]): Promise<void> {
  await runFlushes(files.map((file) => () => flushAndCloseFile(file)))
  const folders = new Set(files.flatMap(({ path, madeFolders }) => [path, ...madeFolders]).map((path) => dirname(path)))
  await runFlushes([...folders].map((folder) => () => flushFolder(folder)))
}
