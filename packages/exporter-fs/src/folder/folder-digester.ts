import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { OutputError, type FileDigest, type OutputErrorCode } from '@ahi-dicom/export-files'
import type { DigestAnswer, DigestTask, DigestThreadOptions } from './digest-messages.ts'

/** Options of {@link createFolderDigester}. */
export interface FolderDigesterOptions {
  readonly directory: string
  /** Most threads. Default: the cores that this process may use. */
  readonly threads?: number | undefined
}

/** Computes digests of the files of a folder in threads. */
export interface FolderDigester extends AsyncDisposable {
  /** Number of files to request at the same time to keep all threads busy. */
  readonly concurrency: number
  /**
   * Returns size and SHA-256 of a file, or undefined if the file does not exist.
   *
   * @throws {OutputError} if the path is a link, or not a file
   * @throws {Error} with the `code` of the file system if the file cannot be read
   */
  readonly digest: (path: string) => Promise<FileDigest | undefined>
}

interface Thread {
  readonly worker: Worker
  readonly waiting: Map<number, PromiseWithResolvers<FileDigest | undefined>>
}

/** One file is read, and one waits. */
const tasksOfThread = 2

/**
 * Returns a digester. It starts another thread when all running threads are busy, up to `threads`.
 *
 * @example
 * import { verifyExport } from '@ahi-dicom/export-files'
 * import { createFolderDigester, folderDestination } from '@ahi-dicom/exporter-fs'
 *
 * const directory = 'exported'
 * await using digester = createFolderDigester({ directory, threads: 2 })
 * for await (const event of verifyExport(folderDestination({ directory }), digester)) console.log(event.kind)
 */
export function createFolderDigester({
  directory,
  threads = availableParallelism(),
}: FolderDigesterOptions): FolderDigester {
  const running: Thread[] = []
  let nextId = 0

  function start(): Thread {
    const options: DigestThreadOptions = { directory }
    const worker = new Worker(new URL(import.meta.resolve('@ahi-dicom/exporter-fs/digest')), { workerData: options })
    const thread: Thread = { worker, waiting: new Map() }
    worker.on('message', (answer: DigestAnswer) => settle(thread, answer))
    worker.on('error', (error) => end(thread, error))
    running.push(thread)
    return thread
  }

  function end(thread: Thread, error: unknown): void {
    running.splice(running.indexOf(thread), 1)
    for (const { reject } of thread.waiting.values()) reject(error)
  }

  function leastBusyThread(): Thread {
    const [first, ...others] = running
    if (first === undefined) return start()
    const thread = others.reduce((best, other) => (other.waiting.size < best.waiting.size ? other : best), first)
    return thread.waiting.size > 0 && running.length < threads ? start() : thread
  }

  return {
    concurrency: threads * tasksOfThread,
    async digest(path) {
      const thread = leastBusyThread()
      const task: DigestTask = { id: (nextId += 1), path }
      const answer = Promise.withResolvers<FileDigest | undefined>()
      thread.waiting.set(task.id, answer)
      thread.worker.postMessage(task, [])
      return await answer.promise
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(running.map(({ worker }) => worker.terminate()))
    },
  }
}

function settle({ waiting }: Thread, { id, digest, failure }: DigestAnswer): void {
  const answer = waiting.get(id)
  waiting.delete(id)
  if (failure === undefined) answer?.resolve(digest)
  else answer?.reject(errorOf(failure))
}

function errorOf({ code, message, isOutput }: NonNullable<DigestAnswer['failure']>): Error {
  if (isOutputCode(code, isOutput)) return new OutputError(code, message, { path: '' })
  return Object.assign(new Error(message), { code })
}

/** Narrows the type only: the thread has taken the code from an OutputError. */
function isOutputCode(code: string, isOutput: boolean): code is OutputErrorCode {
  return isOutput && code !== ''
}
