import { constants, type Stats } from 'node:fs'
import { access, link, lstat, open, rename, rm, statfs, unlink, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Writable } from 'node:stream'
import { callbackify } from 'node:util'
import { OutputError, type FreeSpace } from '@ahi-dicom/export-files'
import { errorCodeOf, translated } from './file-error.ts'
import { lockFile, type FileLock } from './file-lock.ts'

/** A file that is named `NAME.partial` until it is complete. */
export interface PartialFile {
  readonly output: Writable
  /** Flushes the file and renames it to its final name. Call it when all bytes are written. */
  keep(): Promise<void>
  /** Removes the file. */
  drop(): Promise<void>
}

/** Options of {@link openPartialFile}. */
export interface PartialFileOptions {
  /** Permissions. */
  readonly mode: number
  /** Whether the file may replace an existing one. */
  readonly replaces: boolean
}

/**
 * Locks a file and opens it for writing as `NAME.partial`. The partial file of a killed run is replaced.
 *
 * @throws {OutputError} OUTPUT_EXISTS if the file exists; OUTPUT_LOCKED while another run writes it; other codes if the file
 *   system refuses
 */
export async function openPartialFile(path: string, { mode, replaces }: PartialFileOptions): Promise<PartialFile> {
  await requireFreeName(path, replaces)
  const partialPath = `${path}.partial`
  await requireReplaceable(partialPath)
  const lock = await lockFile(partialPath, path)
  try {
    const handle = await translated('write', path, () => openNew(partialPath, mode))
    return createPartialFile({ path, partialPath, handle, lock, replaces })
  } catch (error) {
    await lock.release()
    throw error
  }
}

interface Parts {
  readonly path: string
  readonly partialPath: string
  readonly handle: FileHandle
  readonly lock: FileLock
  readonly replaces: boolean
}

function createPartialFile({ path, partialPath, handle, lock, replaces }: Parts): PartialFile {
  async function drop(): Promise<void> {
    try {
      await handle.close()
      await rm(partialPath, { force: true })
    } finally {
      await lock.release()
    }
  }
  return {
    output: writableOf(handle),
    drop,
    async keep() {
      try {
        await translated('write', path, async () => {
          await handle.sync()
          await lock.check()
          await takeName(partialPath, path, replaces)
          await flushFolder(dirname(path))
        })
      } finally {
        await drop()
      }
    },
  }
}

/** Returns a stream that writes to a file. It leaves the file open, because `keep` flushes it later. */
function writableOf(handle: FileHandle): Writable {
  const write = callbackify((chunk: Buffer) => handle.writeFile(chunk))
  const writeSeveral = callbackify((chunks: readonly Buffer[]) => writeAll(handle, chunks))
  return new Writable({
    highWaterMark: waitingBytes,
    write: (chunk: Buffer, _, done) => write(chunk, done),
    writev: (waiting, done) => {
      const chunks = waiting.map(({ chunk }: { readonly chunk: Buffer }) => chunk)
      writeSeveral(chunks, done)
    },
  })
}

/** Bytes that may be buffered before the stream asks its writer to wait. */
const waitingBytes = 1 << 20

async function writeAll(handle: FileHandle, chunks: readonly Buffer[]): Promise<void> {
  const { bytesWritten } = await handle.writev([...chunks])
  const byteLength = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)
  if (bytesWritten < byteLength) await handle.writeFile(Buffer.concat(chunks).subarray(bytesWritten))
}

/** Creates a file with exactly these permissions, whatever the umask is. Removes an existing file first. */
async function openNew(path: string, mode: number): Promise<FileHandle> {
  await rm(path, { force: true })
  const handle = await open(path, 'wx', mode)
  await handle.chmod(mode)
  return handle
}

/** Renames a file. Throws OUTPUT_EXISTS if another program has created a file with the new name, unless it may be replaced. */
async function takeName(from: string, to: string, replaces: boolean): Promise<void> {
  if (replaces) return await rename(from, to)
  try {
    await link(from, to)
    await unlink(from)
  } catch (error) {
    if (!withoutLinks.has(errorCodeOf(error) ?? '')) throw errorCodeOf(error) === 'EEXIST' ? taken(to) : error
    await requireFreeName(to, replaces)
    await rename(from, to)
  }
}

/** Errors of file systems without hard links. */
const withoutLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK'])

async function requireFreeName(path: string, replaces: boolean): Promise<void> {
  const found = await translated('write', path, () => lstatIfThere(path))
  if (found === undefined) return
  if (!found.isFile()) {
    const message = `Cannot write "${path}": a folder, a link or a device has this name; choose another name`
    throw new OutputError('OUTPUT_EXISTS', message, { path })
  }
  if (!replaces) throw taken(path)
}

/** Throws if the partial file cannot be replaced because it is a folder, which no killed run leaves behind. */
async function requireReplaceable(partialPath: string): Promise<void> {
  const found = await translated('write', partialPath, () => lstatIfThere(partialPath))
  if (found?.isDirectory() !== true) return
  const message = `Cannot write "${partialPath}": a folder has this name; remove it, or choose another name for the archive`
  throw new OutputError('OUTPUT_EXISTS', message, { path: partialPath })
}

async function lstatIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function taken(path: string): OutputError {
  const message = `Cannot export to "${path}": it exists; choose another name, or replace it (mode 'overwrite')`
  return new OutputError('OUTPUT_EXISTS', message, { path })
}

async function flushFolder(path: string): Promise<void> {
  try {
    await using folder = await open(path, 'r')
    await folder.sync()
  } catch (error) {
    // Windows and some network file systems cannot flush folders.
    if (!unflushed.has(errorCodeOf(error) ?? '')) throw error
  }
}

const unflushed = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'EPERM', 'EACCES'])

/**
 * Checks whether a file can be written, without creating anything. Returns notes for the user, such as that the file exists.
 *
 * @throws {OutputError} if the file cannot be written
 */
export async function checkFile(path: string): Promise<readonly string[]> {
  await requireFreeName(path, true)
  await translated('write', path, () => access(dirname(path), constants.W_OK | constants.X_OK))
  const isThere = (await lstatIfThere(path)) !== undefined
  return isThere ? ["it exists: an export has to replace it (mode 'overwrite')"] : []
}

/** Returns the free space in the folder of a file. */
export async function freeSpaceFor(path: string): Promise<Omit<FreeSpace, 'copies'>> {
  const { bavail, bsize } = await translated('look for free space for', path, () => statfs(dirname(path)))
  return { byteLength: bavail * bsize, files: undefined, blockByteLength: 1 }
}
