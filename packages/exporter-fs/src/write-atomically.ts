import { createHash, randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rename, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { errnoOf, outputError } from './file-system-error.ts'
import { makeDirectory } from './make-directory.ts'

/** Size and SHA-256 (lower-case hexadecimal) of a file, taken from the bytes as they were written. */
export interface FileDigest {
  readonly byteLength: number
  readonly sha256: string
}

/** Options of {@link writeAtomically}. */
export interface WriteOptions {
  readonly signal?: AbortSignal | undefined
}

/** Chunks are gathered to this many bytes, so that a small file takes one write. */
const GATHERED_BYTES = 1 << 20

const { O_CREAT, O_DSYNC, O_EXCL, O_WRONLY } = constants

/** Opens a file whose one write flushes itself, which saves a call; `undefined` where the system cannot (Windows). */
const FLUSHED_WRITES = typeof O_DSYNC === 'number' ? O_WRONLY | O_CREAT | O_EXCL | O_DSYNC : undefined

/** Names of files that {@link writeAtomically} has not finished. */
export const TEMPORARY_NAME: RegExp = /^\..+\.[0-9a-f]{12}\.part$/u

/**
 * Writes a file so that it is seen whole or not at all: to a temporary name beside it, flushed to the device, closed,
 * renamed. Folders are made; a file that is there is replaced. Nothing is created before the first bytes have come, and
 * nothing stays behind when the source fails or the signal aborts. Holds one megabyte and one chunk at most.
 *
 * @throws OutputError for what the file system refuses; whatever `chunks` throws; the reason of the signal
 */
export async function writeAtomically(
  path: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: WriteOptions = {},
): Promise<FileDigest> {
  const { signal } = options
  signal?.throwIfAborted()
  const file = temporaryFile(path)
  const digest = createHash('sha256')
  let byteLength = 0
  try {
    for await (const chunk of chunks) {
      signal?.throwIfAborted()
      digest.update(chunk)
      byteLength += chunk.byteLength
      await file.add(chunk)
    }
    signal?.throwIfAborted()
    await file.finish()
  } catch (error) {
    await file.remove()
    throw error
  }
  return { byteLength, sha256: digest.digest('hex') }
}

interface TemporaryFile {
  add(chunk: Uint8Array): Promise<void>
  finish(): Promise<void>
  remove(): Promise<void>
}

function temporaryFile(path: string): TemporaryFile {
  const temporaryPath = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.part`)
  let handle: FileHandle | undefined
  let gathered: Uint8Array[] = []
  let gatheredBytes = 0

  async function write(flags: string | number = 'wx'): Promise<FileHandle> {
    handle ??= await openNew(temporaryPath, flags)
    await writeAll(handle, gathered)
    gathered = []
    gatheredBytes = 0
    return handle
  }

  async function writeAndFlush(): Promise<void> {
    if (handle === undefined && FLUSHED_WRITES !== undefined) await write(FLUSHED_WRITES)
    else await (await write()).datasync()
  }

  async function close(): Promise<void> {
    const open = handle
    handle = undefined
    await open?.close()
  }

  return {
    async add(chunk) {
      gathered.push(chunk)
      gatheredBytes += chunk.byteLength
      if (gatheredBytes >= GATHERED_BYTES) await translated(write(), path)
    },
    async finish() {
      await translated(writeAndFlush(), path)
      await translated(close(), path)
      await translated(rename(temporaryPath, path), path)
    },
    async remove() {
      await close().catch(ignore)
      await unlink(temporaryPath).catch(ignore)
    },
  }
}

/** Makes the folder only when it turns out to be missing. */
async function openNew(path: string, flags: string | number): Promise<FileHandle> {
  try {
    return await open(path, flags)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    await makeDirectory(dirname(path))
    return open(path, flags)
  }
}

async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  if (chunks.length === 0) return
  const { bytesWritten } = await handle.writev(chunks)
  const byteLength = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)
  if (bytesWritten === byteLength) return
  let rest = Buffer.concat(chunks).subarray(bytesWritten)
  while (rest.byteLength > 0) rest = rest.subarray((await handle.write(rest)).bytesWritten)
}

async function translated<T>(operation: Promise<T>, path: string): Promise<T> {
  try {
    return await operation
  } catch (error) {
    throw outputError(error, 'write file', path)
  }
}

/** The first failure is the one to report. */
function ignore(): void {}
