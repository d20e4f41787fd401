import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ListedFile } from '@ahi-dicom/export-files'
import { errnoOf, outputError } from '../file/file-system-error.ts'
import { lstatIfThere } from '../file/lstat-if-there.ts'

/** Number of files to stat at the same time. */
const concurrentStats = 16

/**
 * Yields all files below a folder with their sizes. Links are not followed; they are yielded with `isLink`.
 *
 * @throws {OutputError} if a folder cannot be read
 */
export async function* listFiles(directory: string): AsyncGenerator<ListedFile> {
  try {
    yield* walkSizes(directory)
  } catch (error) {
    throw outputError(error, 'list', directory)
  }
}

async function* walkSizes(directory: string): AsyncGenerator<ListedFile> {
  let paths: string[] = []
  for await (const path of walkFiles(directory)) {
    paths.push(path)
    if (paths.length < concurrentStats) continue
    yield* await sizesOf(directory, paths)
    paths = []
  }
  yield* await sizesOf(directory, paths)
}

/** Yields the paths of all files below a folder, relative to it and with forward slashes. */
export async function* walkFiles(directory: string, below = ''): AsyncGenerator<string> {
  const entries = await entriesOf(directory, below)
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) yield* walkFiles(directory, path)
    else yield path
  }
}

/** Returns the entries of a folder. Returns none for a missing subfolder: another writer may have removed it as empty. */
async function entriesOf(directory: string, below: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(join(directory, below), { withFileTypes: true })
  } catch (error) {
    if (below !== '' && errnoOf(error) === 'ENOENT') return []
    throw error
  }
}

async function sizesOf(directory: string, paths: readonly string[]): Promise<readonly ListedFile[]> {
  const files = await Promise.all(paths.map((path) => sizeOf(directory, path)))
  return files.filter((file) => file !== undefined)
}

/** Returns the file with its size, or undefined if it was removed after it was listed. */
async function sizeOf(directory: string, path: string): Promise<ListedFile | undefined> {
  const found = await lstatIfThere(join(directory, path))
  if (found === undefined) return undefined
  return { path, byteLength: found.size, ...(found.isSymbolicLink() && { isLink: true }) }
}
