import * as fs from 'node:fs'
import { promisify } from 'node:util'
import { lstatIfThere } from './lstat-if-there.ts'
import { privateModes, type Modes } from './modes.ts'

type Awaitable<T> = T | Promise<T>

/** The file system calls that write a file. They are either blocking or asynchronous. */
export interface FileCalls {
  /** Opens a new file for writing. */
  create(path: string): Awaitable<number>
  /** Writes chunks in one call. Returns the number of bytes written, which may be fewer than given. */
  write(fd: number, chunks: readonly Uint8Array[]): Awaitable<number>
  close(fd: number): Awaitable<void>
  rename(from: string, to: string): Awaitable<void>
  unlink(path: string): Awaitable<void>
  makeFolder(path: string): Awaitable<void>
  isFolder(path: string): Awaitable<boolean>
  /** Returns the kind of entry at a path. Links are not followed. */
  kindOf(path: string): Awaitable<EntryKind>
}

/** The kind of entry at a path. */
type EntryKind = 'none' | 'folder' | 'link' | 'other'

const open = promisify(fs.open)
const writev = promisify(fs.writev)
const fchmod = promisify(fs.fchmod)

/** Returns asynchronous calls that give new files and folders these modes. */
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

/** Asynchronous calls that create files which only the user can read. */
export const asynchronousCalls: FileCalls = createAsynchronousCalls(privateModes)

/** Returns blocking calls, for a thread without other work. They take less CPU time than asynchronous ones. */
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

/** Returns the kind of an entry. Windows junctions count as links. */
function kindOf(found: fs.Stats | undefined): EntryKind {
  if (found === undefined) return 'none'
  if (found.isSymbolicLink()) return 'link'
  return found.isDirectory() ? 'folder' : 'other'
}
