import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { errnoOf, outputError } from './file-system-error.ts'
import { readLines } from './read-lines.ts'

/** A file of JSON lines that only grows. */
export interface AppendLog {
  /** Appends one line, in one write with others that wait. A write that fails leaves no part of its lines behind. */
  append(entry: object): Promise<void>
  /** Flushes to the device and closes. */
  close(): Promise<void>
}

/** Lines and milliseconds between two flushes: what a power cut may cost, a kill costs nothing. */
const FLUSH_LINES = 64
const FLUSH_MS = 2000

/**
 * Opens a log for appending after its first `keepBytes` bytes; what follows them is cut off.
 *
 * @throws OutputError
 */
export async function openAppendLog(path: string, keepBytes: number): Promise<AppendLog> {
  const handle = await translated(openAt(path, keepBytes), 'open', path)
  let length = keepBytes
  let unflushed = 0
  let flushedAt = performance.now()
  let flushing: Promise<void> = Promise.resolve()
  let failure: { readonly error: unknown } | undefined
  let waiting: string[] = []
  /** Settles when the lines that wait are written. */
  let next: Promise<void> | undefined
  let last: Promise<void> = Promise.resolve()

  async function writeWaiting(): Promise<void> {
    const lines = waiting
    waiting = []
    next = undefined
    throwFailure()
    const bytes = Buffer.from(lines.join(''))
    try {
      await writeWhole(handle, bytes, length)
    } catch (error) {
      await handle.truncate(length).catch(() => undefined)
      throw error
    }
    length += bytes.byteLength
    unflushed += lines.length
    if (unflushed >= FLUSH_LINES || performance.now() - flushedAt >= FLUSH_MS) flushAside()
  }

  /** Lines go on while it flushes, which takes long while files are flushed as well. Its failure is that of the next line. */
  function flushAside(): void {
    unflushed = 0
    flushedAt = performance.now()
    flushing = flushing
      .then(() => handle.datasync())
      .catch((error: unknown) => {
        failure ??= { error }
      })
  }

  async function flush(): Promise<void> {
    await flushing
    throwFailure()
    await handle.datasync()
  }

  function throwFailure(): void {
    if (failure !== undefined) throw failure.error
  }

  function queue(operation: () => Promise<void>): Promise<void> {
    const result = translated(last.then(operation), 'write to', path)
    last = result.catch(() => undefined)
    return result
  }

  return {
    append(entry) {
      waiting.push(`${JSON.stringify(entry)}\n`)
      next ??= queue(writeWaiting)
      return next
    },
    async close() {
      try {
        await queue(flush)
      } finally {
        await handle.close()
      }
    },
  }
}

/**
 * Opens a log for appending after the lines that it has. A last one that its writer did not finish is cut off.
 *
 * @throws OutputError
 */
export async function reopenAppendLog(path: string): Promise<AppendLog> {
  return openAppendLog(path, await translated(finishedBytes(path), 'read', path))
}

async function finishedBytes(path: string): Promise<number> {
  let bytes = 0
  try {
    for await (const { isComplete, endOffset } of readLines(path)) if (isComplete) bytes = endOffset
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
  return bytes
}

async function openAt(path: string, keepBytes: number): Promise<FileHandle> {
  const handle = await open(path, keepBytes === 0 ? 'w' : 'r+')
  try {
    await handle.truncate(keepBytes)
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function writeWhole(handle: FileHandle, line: Buffer, position: number): Promise<void> {
  let written = 0
  while (written < line.byteLength) {
    const { bytesWritten } = await handle.write(line, written, line.byteLength - written, position + written)
    written += bytesWritten
  }
}

async function translated<T>(operation: Promise<T>, action: string, path: string): Promise<T> {
  try {
    return await operation
  } catch (error) {
    throw outputError(error, action, path)
  }
}
