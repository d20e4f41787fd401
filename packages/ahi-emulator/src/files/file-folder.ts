import { mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findFiles } from './find-files.ts'
import type { ObjectFolder } from './object-folder.ts'
import { readWholeFile } from './read-whole-file.ts'

/** Opens the folder of a `file:` URI. */
export function openFileFolder(uri: string): ObjectFolder {
  const folder = fileURLToPath(uri)
  return {
    async *list() {
      for await (const path of findFiles([folder])) yield { key: path, byteLength: (await stat(path)).size }
    },
    keyOf: (path) => join(folder, path),
    read: readWholeFile,
    async write(name, body) {
      const path = join(folder, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, body)
    },
  }
}
