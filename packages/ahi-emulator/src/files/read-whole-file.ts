import { open } from 'node:fs/promises'
import { readFully } from './read-fully.ts'

/** Reads a file into memory. Unlike `readFile` of Node.js, it has no limit of 2 GiB. */
export async function readWholeFile(path: string): Promise<Uint8Array> {
  await using file = await open(path, 'r')
  const { size } = await file.stat()
  const bytes = Buffer.allocUnsafeSlow(size)
  return bytes.subarray(0, await readFully(file, 0, bytes))
}
