import { randomBytes } from 'node:crypto'
import { basename, dirname } from 'node:path'
import type { FileCalls } from './file-calls.ts'
import { errnoOf, translated } from './file-system-error.ts'
import { flushData } from './flush.ts'
import { makeDirectory } from './make-directory.ts'
import type { UnflushedFile } from './unflushed-files.ts'

/** A file that is written under a temporary name. The first write creates it. */
export interface TemporaryFile {
  write(chunks: readonly Uint8Array[]): Promise<void>
  /** Flushes the file, closes it, and renames it to its final name. */
  finish(): Promise<void>
  /** Renames the file to its final name. The caller flushes and closes it. */
  finishUnflushed(): Promise<UnflushedFile>
  /** Closes and removes the file if it is not finished. */
  remove(): Promise<void>
}

/** Identifies the writer of a temporary file: eight hexadecimal digits, or undefined for the unnamed writer. */
export type FileTag = string | undefined

const temporaryName = /^\..+\.[0-9a-f]{12}(?:-([0-9a-f]{8}))?\.part$/u

/** Returns true if `name` is the name of a temporary file of one of the writers with these tags. */
export function isTemporaryOf(name: string, tags: ReadonlySet<FileTag>): boolean {
  const found = temporaryName.exec(name)
  return found !== null && tags.has(found[1])
}

/** Checks the folders above a file. Both methods throw {@link OutputError} if one of the folders is a link. */
export interface FolderLook {
  /** Called before the file is created. */
  check(): Promise<void> | undefined
  /** Called again after missing folders were made. */
  look(): Promise<void>
}

/** Options of {@link createTemporaryFile}. */
export interface TemporaryFileOptions {
  readonly calls: FileCalls
  /** Checks the folders above the file. Default: no check, so links to folders are followed. */
  readonly folders?: FolderLook | undefined
  readonly tag?: FileTag
}

/** Returns a file that has a temporary name in the folder of `path` until it is finished. Its methods throw {@link OutputError}. */
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

/** Counts up from a random number, so that two writers of the same file use different temporary names. */
let nameNumber = Number.parseInt(randomBytes(6).toString('hex'), 16)

function temporaryPathOf(path: string, tag: FileTag): string {
  nameNumber = (nameNumber + 1) % 2 ** 48
  const number = nameNumber.toString(16).padStart(12, '0')
  return `${dirname(path)}/.${basename(path)}.${number}${tag === undefined ? '' : `-${tag}`}.part`
}

/** Another writer may remove the folder as empty before the file is created in it, so creating it is tried again. */
const maxAttempts = 4

/** Creates the file. Makes its folder only if creating the file fails because the folder is missing. */
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
      if (errnoOf(error) !== 'ENOENT' || attempt === maxAttempts) throw error
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

/** Failures while removing the file are ignored. The caller reports the failure that made it remove the file. */
function ignore(): void {}
