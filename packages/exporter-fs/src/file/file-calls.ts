import * as fs from 'node:fs'
import { promisify } from 'node:util'
import { lstatIfThere } from './lstat-if-there.ts'

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

/** Calls that do not block the thread. */
export const asynchronousCalls: FileCalls = {
  create: (path) => open(path, 'wx'),
  write: async (fd, chunks) => (await writev(fd, chunks)).bytesWritten,
  close: promisify(fs.close),
  rename: promisify(fs.rename),
  unlink: promisify(fs.unlink),
  makeFolder: (path) => fs.promises.mkdir(path),
  isFolder: async (path) => (await fs.promises.stat(path).catch(() => undefined))?.isDirectory() === true,
  kindOf: async (path) => kindOf(await lstatIfThere(path)),
}

/** Calls that block the thread, for one that has nothing else to do meanwhile. They take less CPU time. */
export const synchronousCalls: FileCalls = {
  create: (path) => fs.openSync(path, 'wx'),
  write: (fd, chunks) => fs.writevSync(fd, chunks),
  close: (fd) => fs.closeSync(fd),
  rename: (from, to) => fs.renameSync(from, to),
  unlink: (path) => fs.unlinkSync(path),
  makeFolder: (path) => fs.mkdirSync(path),
  isFolder: (path) => fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true,
  kindOf: (path) => kindOf(fs.lstatSync(path, { throwIfNoEntry: false })),
}

/** Junctions of Windows count as links. */
function kindOf(found: fs.Stats | undefined): EntryKind {
  if (found === undefined) return 'none'
  if (found.isSymbolicLink()) return 'link'
  return found.isDirectory() ? 'folder' : 'other'
}
