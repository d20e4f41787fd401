import * as fs from 'node:fs'
import { promisify } from 'node:util'
import { lstatIfThere } from './lstat-if-there.ts'
import { privateModes, type Modes } from './modes.ts'

type Awaitable<T> = T | Promise<T>

/** The calls of the file system that writing a file takes, in either of their two forms. */
export interface FileCalls {
  /** Opens a new file for writing. */
  create(path: string): Awaitable<number>
  /** Writes chunks in one call. Returns how many bytes were written, which may be fewer. */
  write(fd: number, chunks: readonly Uint8Array[]): Awaitable<number>
  close(fd: number): Awaitable<void>
  rename(from: string, to: string): Awaitable<void>
  unlink(path: string): Awaitable<void>
  makeFolder(path: string): Awaitable<void>
  isFolder(path: string): Awaitable<boolean>
  /** Returns what lies at a path; links are not followed. */
  kindOf(path: string): Awaitable<EntryKind>
}

/** What lies at a path. */
type EntryKind = 'none' | 'folder' | 'link' | 'other'

const open = promisify(fs.open)
const writev = promisify(fs.writev)
const fchmod = promisify(fs.fchmod)

/** Makes calls that do not block the thread. */
export function createAsynchronousCalls({ file, folder, isExact }: Modes): FileCalls {
  return {
    async create(path) {
      const fd = await open(path, 'wx', file)
      if (isExact) await fchmod(fd, file)
      return fd
    },
    write: async (fd, chunks) => (await writev(fd, chunks)).bytesWritten,
    close: promisify(fs.close),
    rename: promisify(fs.rename),
    unlink: promisify(fs.unlink),
    async makeFolder(path) {
      await fs.promises.mkdir(path, folder)
      if (isExact) await fs.promises.chmod(path, folder)
    },
    isFolder: async (path) => (await fs.promises.stat(path).catch(() => undefined))?.isDirectory() === true,
    kindOf: async (path) => kindOf(await lstatIfThere(path)),
  }
}

/** Calls that do not block the thread, and make files for the user alone. */
export const asynchronousCalls: FileCalls = createAsynchronousCalls(privateModes)

/** Makes calls that block the thread, for one that has nothing else to do meanwhile. They take less CPU time. */
export function createSynchronousCalls({ file, folder, isExact }: Modes): FileCalls {
  return {
    create(path) {
      const fd = fs.openSync(path, 'wx', file)
      if (isExact) fs.fchmodSync(fd, file)
      return fd
    },
    write: (fd, chunks) => fs.writevSync(fd, chunks),
    close: (fd) => fs.closeSync(fd),
    rename: (from, to) => fs.renameSync(from, to),
    unlink: (path) => fs.unlinkSync(path),
    makeFolder(path) {
      fs.mkdirSync(path, folder)
      if (isExact) fs.chmodSync(path, folder)
    },
    isFolder: (path) => fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true,
    kindOf: (path) => kindOf(fs.lstatSync(path, { throwIfNoEntry: false })),
  }
}

/** Junctions of Windows count as links. */
function kindOf(found: fs.Stats | undefined): EntryKind {
  if (found === undefined) return 'none'
  if (found.isSymbolicLink()) return 'link'
  return found.isDirectory() ? 'folder' : 'other'
}
