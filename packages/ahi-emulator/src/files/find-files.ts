import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { NothingToImportError } from '../errors.ts'

/**
 * Yields files as they are given, and the files of folders and their subfolders in the order of their names. Symbolic
 * links to files are followed, links to folders are not, because they could form a cycle.
 * @throws {NothingToImportError} if a path does not exist
 */
export async function* findFiles(paths: readonly string[]): AsyncGenerator<string> {
  for (const path of paths) {
    if (await isFolder(path)) yield* filesOf(path)
    else yield path
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (cause) {
    throw new NothingToImportError([path], 'there is no such file or folder', { cause })
  }
}

async function* filesOf(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true })
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesOf(path)
    else if (entry.isFile() || (entry.isSymbolicLink() && (await isLinkedFile(path)))) yield path
  }
}

async function isLinkedFile(path: string): Promise<boolean> {
  const target = await stat(path).catch(() => undefined)
  return target?.isFile() ?? false
}
