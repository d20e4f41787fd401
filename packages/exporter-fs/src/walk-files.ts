import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** The files below a folder, relative to it and with forward slashes; links are named, not followed. */
export async function* walkFiles(directory: string, below = ''): AsyncGenerator<string> {
  const entries = await readdir(join(directory, below), { withFileTypes: true })
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) yield* walkFiles(directory, path)
    else yield path
  }
}
