import { randomBytes } from 'node:crypto'
import { basename, dirname } from 'node:path'
import type { FileCalls } from './file-calls.ts'
import { errnoOf, translated } from './file-system-error.ts'
import { flushData } from './flush.ts'
import { makeDirectory } from './make-directory.ts'
import type { UnflushedFile } from './unflushed-files.ts'

/** A file that does not have its name yet. It is created by the first write. */
export interface TemporaryFile {
  write(chunks: readonly Uint8Array[]): Promise<void>
  /** Flushes the file, closes it, and gives it its name. */
  finish(): Promise<void>
  /** Gives the file its name. The caller flushes and closes it. */
  finishUnflushed(): Promise<UnflushedFile>
  /** Removes what is left of a file that is not finished. */
  remove(): Promise<void>
}

/** Which of several writers a temporary file is of: eight hexadecimal digits. Undefined: a writer without a name. */
export type FileTag = string | undefined

const temporaryName = /^\..+\.[0-9a-f]{12}(?:-([0-9a-f]{8}))?\.part$/u

/** Returns whether a name is that of a file that is not finished, of one of these writers. */
export function isTemporaryOf(name: string, tags: ReadonlySet<FileTag>): boolean {
  const found = temporaryName.exec(name)
  return found !== null && tags.has(found[1])
}

/** Looks at the folders above a file. Throws {@link OutputError} if one of them is a link. */
export interface FolderLook {
  /** Called before the file is made. */
  check(): Promise<void> | undefined
  /** Called again once missing folders were made. */
  look(): Promise<void>
}

/** Options of {@link createTemporaryFile}. */
export interface TemporaryFileOptions {
  readonly calls: FileCalls
  /** Absent: links to folders are followed. */
  readonly folders?: FolderLook | undefined
  readonly tag?: FileTag
}

/** Makes a file that lies beside `path` until it is finished. Its methods throw {@link OutputError}. */
export function createTemporaryFile(path: string, { calls, folders, tag }: TemporaryFileOptions): TemporaryFile {
  const temporaryPath = temporaryPathOf(path, tag)
  let created: UnflushedFile | undefined
  let isOpen = false

  async function open(): Promise<UnflushedFile> {
    if (created !== undefined) return created
    created = { path, ...(await createFile(temporaryPath, { calls, folders })) }
    isOpen = true
    return created
  }

  async function write(chunks: readonly Uint8Array[]): Promise<void> {
    const { fd } = await open()
    await writeAll(fd, chunks, calls)
  }

  async function close(fd: number): Promise<void> {
    isOpen = false
    await calls.close(fd)
  }

  async function finish(): Promise<void> {
    const { fd } = await open()
    await flushData(fd)
    await close(fd)
    await calls.rename(temporaryPath, path)
  }

  async function finishUnflushed(): Promise<UnflushedFile> {
    const file = await open()
    await calls.rename(temporaryPath, path)
    isOpen = false
    return file
  }

  return {
    write: (chunks) => translated('write file', path, () => write(chunks)),
    finish: () => translated('write file', path, finish),
    finishUnflushed: () => translated('write file', path, finishUnflushed),
    async remove() {
      if (created === undefined) return
      if (isOpen) await close(created.fd).catch(ignore)
      await unlink(temporaryPath, calls).catch(ignore)
    },
  }
}

/** A random number that counts on, so that no two writers of a file share a temporary name. */
let nameNumber = Number.parseInt(randomBytes(6).toString('hex'), 16)

function temporaryPathOf(path: string, tag: FileTag): string {
  nameNumber = (nameNumber + 1) % 2 ** 48
  const number = nameNumber.toString(16).padStart(12, '0')
  return `${dirname(path)}/.${basename(path)}.${number}${tag === undefined ? '' : `-${tag}`}.part`
}

/** Another writer may remove the folder as an empty one before the file is in it. */
const mostAttempts = 4

/** Makes the folder only when it turns out to be missing. */
async function createFile(
  path: string,
  { calls, folders }: TemporaryFileOptions,
): Promise<Pick<UnflushedFile, 'fd' | 'madeFolders'>> {
  const looking = folders?.check()
  if (looking !== undefined) await looking
  const madeFolders: string[] = []
  for (let attempt = 1; ; attempt++) {
    try {
      return { fd: await calls.create(path), madeFolders }
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || attempt === mostAttempts) throw error
      madeFolders.push(...(await makeDirectory(dirname(path), calls)))
      await folders?.look()
    }
  }
}

async function writeAll(fd: number, chunks: readonly Uint8Array[], calls: FileCalls): Promise<void> {
  const byteLength = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)
  let written = byteLength === 0 ? 0 : await calls.write(fd, chunks)
  if (written === byteLength) return
  const bytes = Buffer.concat(chunks)
  while (written < byteLength) written += await calls.write(fd, [bytes.subarray(written)])
}

async function unlink(path: string, calls: FileCalls): Promise<void> {
  await calls.unlink(path)
}

/** The failure that led here is the one to report. */
function ignore(): void {}
