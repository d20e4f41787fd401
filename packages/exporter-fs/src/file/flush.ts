import * as fs from 'node:fs'
import { platform } from 'node:os'
import { promisify } from 'node:util'
import { errnoOf, translated } from './file-system-error.ts'
import { plainFlags } from './plain-file.ts'

const open = promisify(fs.open)
const fsync = promisify(fs.fsync)

/** Flushes the content of an open file to the device. */
export const flushData: (fd: number) => Promise<void> = promisify(fs.fdatasync)

/** Flushes the content of an open file to the device, and closes it in any case. */
export function flushAndCloseFile({ fd, path }: { readonly fd: number; readonly path: string }): Promise<void> {
  return translated('flush file', path, () => flushAndClose(fd, flushData))
}

/** Flushes the content of a file that nobody holds open, if it is there. */
export function flushFile(path: string): Promise<void> {
  return translated('flush file', path, async () => {
    const fd = await openIfThere(path, (isWindows ? fs.constants.O_RDWR : fs.constants.O_RDONLY) | plainFlags)
    if (fd !== undefined) await flushAndClose(fd, flushData)
  })
}

/** Flushes the names in a folder to the device: without that, a power cut may undo that a file was made or renamed. */
export function flushFolder(path: string): Promise<void> {
  return translated('flush folder', path, async () => {
    const fd = isWindows ? undefined : await openIfThere(path, folderFlags)
    if (fd !== undefined) await flushAndClose(fd, fsyncFolder)
  })
}

/** Flushes an open file or folder, and closes it in any case. */
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

/** Flushes under way at a time. More would keep other users of Node's four threads waiting. */
const flushesUnderWay = 2

/** Runs flushes, a few at a time, all of them even if one fails. Throws the first failure. */
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
  await Promise.all(Array.from({ length: flushesUnderWay }, run))
  if (failure !== undefined) throw failure.error
}

/** Windows opens no folders, and flushes no files that are open for reading. */
const isWindows = platform() === 'win32'

/** A pipe in the place of a folder would be waited for. Windows does not have the flag. */
const folderFlags = fs.constants.O_RDONLY | fs.constants.O_DIRECTORY

/** What network file systems say that do not flush folders. */
const unsupported = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

async function openIfThere(path: string, flags: number): Promise<number | undefined> {
  try {
    return await open(path, flags)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}
