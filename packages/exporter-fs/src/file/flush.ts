import * as fs from 'node:fs'
import { platform } from 'node:os'
import { promisify } from 'node:util'
import { errnoOf, translated } from './file-system-error.ts'
import { plainFlags } from './plain-file.ts'

const open = promisify(fs.open)
const fsync = promisify(fs.fsync)

/** Flushes the content of an open file to the device. */
export const flushData: (fd: number) => Promise<void> = promisify(fs.fdatasync)

/** Flushes the content of an open file to the device, then closes the file, even if the flush fails. */
export function flushAndCloseFile({ fd, path }: { readonly fd: number; readonly path: string }): Promise<void> {
  return translated('flush file', path, () => flushAndClose(fd, flushData))
}

/** Flushes the content of a closed file. Does nothing if the file does not exist. */
export function flushFile(path: string): Promise<void> {
  return translated('flush file', path, async () => {
    const fd = await openIfThere(path, (isWindows ? fs.constants.O_RDWR : fs.constants.O_RDONLY) | plainFlags)
    if (fd !== undefined) await flushAndClose(fd, flushData)
  })
}

/** Flushes the entries of a folder to the device. Otherwise a power cut may undo the creation or renaming of a file. */
export function flushFolder(path: string): Promise<void> {
  return translated('flush folder', path, async () => {
    const fd = isWindows ? undefined : await openIfThere(path, folderFlags)
    if (fd !== undefined) await flushAndClose(fd, fsyncFolder)
  })
}

async function flushAndClose(fd: number, flush: (fd: number) => Promise<void>): Promise<void> {
  try {
    await flush(fd)
  } finally {
    fs.closeSync(fd)
  }
}

async function fsyncFolder(fd: number): Promise<void> {
  try {
    await fsync(fd)
  } catch (error) {
    if (!unsupported.has(errnoOf(error) ?? '')) throw error
  }
}

/** Flushes that run at the same time. More would occupy the four threads that Node.js uses for all file system calls. */
const concurrentFlushes = 2

/** Runs all flushes, a few at a time, even if one fails. Throws the first failure at the end. */
export async function runFlushes(flushes: Iterable<() => Promise<void>>): Promise<void> {
  const waiting = flushes[Symbol.iterator]()
  let failure: { readonly error: unknown } | undefined
  async function run(): Promise<void> {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      await next.value().catch((error: unknown) => {
        failure ??= { error }
      })
    }
  }
  await Promise.all(Array.from({ length: concurrentFlushes }, run))
  if (failure !== undefined) throw failure.error
}

/** Windows cannot open folders, and cannot flush files that are open only for reading. */
const isWindows = platform() === 'win32'

/** O_DIRECTORY: opening a pipe in place of a folder would block. Windows does not have the flag. */
const folderFlags = fs.constants.O_RDONLY | fs.constants.O_DIRECTORY

/** Errors of network file systems that cannot flush folders. */
const unsupported = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

async function openIfThere(path: string, flags: number): Promise<number | undefined> {
  try {
    return await open(path, flags)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}
