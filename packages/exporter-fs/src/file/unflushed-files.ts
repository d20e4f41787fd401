import { dirname } from 'node:path'
import { flushAndCloseFile, flushFolder, runFlushes } from './flush.ts'

/** A file that has its name, but may be lost in a power cut. */
export interface UnflushedFile {
  readonly fd: number
  readonly path: string
  /** Folders that were made for it. */
  readonly madeFolders: readonly string[]
}

/** Holds files open until they are flushed, so that failures of the device are noticed. */
export interface UnflushedFiles {
  /** Takes over an open file. Waits while too many are open. */
  keep(file: UnflushedFile): Promise<void>
  /**
   * Flushes the kept files and their folders, and closes the files.
   *
   * @throws {OutputError} for the first failure since the start: files may be lost for good
   */
  flush(): Promise<void>
}

/** Files held open before they are flushed without being asked. While these are flushed, as many more may be held. */
const mostOpen = 64

/** Makes an empty collection. */
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
      if (files.length < mostOpen) return
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
