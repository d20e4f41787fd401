import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A line of `errors.ndjson`. */
export interface ErrorLine {
  readonly sopInstanceUid?: string
  readonly code: string
}

/** Reads what an export could not write. Empty if the file does not exist. */
export async function readErrors(folder: string): Promise<readonly ErrorLine[]> {
  const text = await readFile(join(folder, 'errors.ndjson'), 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): ErrorLine => JSON.parse(line))
}
